"""Pictures of translations: what each word looked at, and BLEU by the length of the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.heads.translator.matrix import AttentionMatrix
from textrnn.reports.pictures import BLUE, drawable, drawing, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from textrnn.heads.translator.result import Translation
    from textrnn.heads.translator.scores import LengthGroup

MOST_SENTENCES = 6  # in one picture
_INCHES = 0.27  # of a token
_MOST_INCHES = 40.0
_LONG = 3  # characters of a token that is written upright


def attention_figure(translation: Translation) -> Figure:
    """A matrix for each sentence, of which there may be :data:`MOST_SENTENCES`: the source along
    the top, the translation down the side, and the darker the more it looked there.

    Raises:
        ConfigurationError: nothing was translated, or too many sentences.
        MissingExtraError: Matplotlib is not installed.
    """
    every = [AttentionMatrix.of(translation, sentence) for sentence in translation.sentences]
    matrices = [matrix for matrix in every if matrix.weights.size]
    require(bool(matrices), "there is no attention to draw: nothing was translated")
    require(
        len(matrices) <= MOST_SENTENCES,
        f"{len(matrices)} sentences were translated; a picture shows {MOST_SENTENCES}: translate "
        "fewer, or write a page",
    )
    with drawing():
        heights = [1.0 + _INCHES * max(len(matrix.target), 2) for matrix in matrices]
        width = 1.8 + _INCHES * max(8, *(len(matrix.source) for matrix in matrices))
        figure = new_figure((min(width, _MOST_INCHES), min(sum(heights), _MOST_INCHES)))
        panels = figure.subplots(len(matrices), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axes, matrix in zip(panels, matrices, strict=True):
            _draw(axes, matrix, translation)
    return figure


def _draw(axes: Axes, matrix: AttentionMatrix, translation: Translation) -> None:
    axes.imshow(matrix.weights, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    source = _labels(translation.source, matrix.source)
    style: dict[str, Any] = {"parse_math": False, "fontsize": 10}
    upright: dict[str, Any] = {"rotation": 90} if max(map(len, source), default=0) >= _LONG else {}
    axes.set_xticks(range(len(source)), source, **style, **upright)
    axes.set_yticks(range(len(matrix.target)), _labels(translation.text, matrix.target), **style)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_color("#d1d5db")


def _labels(text: str, places: NDArray[np.int32]) -> list[str]:
    """Parts of a text, of which blanks are seen."""
    return drawable([text[start:end].strip() or "␣" for start, end in places.tolist()])


def length_figure(groups: Sequence[LengthGroup]) -> Figure:
    """BLEU of shorter and longer sources."""
    with drawing():
        figure = new_figure((6.4, 3.4))
        axes = figure.subplots()
        names = [f"to {group.longest:,}\n{group.pairs:,}" for group in groups]
        axes.bar(names, [group.bleu for group in groups], width=0.7, color=BLUE, alpha=0.85)
        axes.set(ylabel="BLEU", xlabel="characters of the source, and pairs")
        axes.set_title("BLEU by the length of the source", loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", alpha=0.2)
        axes.set_axisbelow(True)
    return figure

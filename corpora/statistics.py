"""A corpus in numbers: lengths, vocabulary growth, labels."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from textrnn.corpora.formats.tagged.examples import Example, SpannedText
from textrnn.corpora.labelled import LabelledText
from textrnn.errors import InputError, MissingExtraError
from textrnn.offline import prepare_import

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+|[^\w\s]")
_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)
_POINTS = 40  # of the curve of vocabulary growth
_BLUE = "#2563eb"


@dataclass(frozen=True)
class Statistics:
    """Numbers of a corpus.

    Attributes:
        texts: how many.
        characters: of all.
        tokens: of all: runs of letters or digits, single marks, single Chinese characters.
        types: different tokens.
        length_quantiles: tokens a text at shares of the texts, as ``0.5``.
        labels: texts of each label, of tagged text spans, the most frequent first.
        growth: pairs of tokens read and types met by then.
        frequent: the most frequent tokens with their counts.
    """

    texts: int
    characters: int
    tokens: int
    types: int
    length_quantiles: dict[float, int]
    labels: dict[str, int]
    growth: list[tuple[int, int]]
    frequent: list[tuple[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            **self.__dict__,
            "length_quantiles": {str(k): v for k, v in self.length_quantiles.items()},
        }


def measure(examples: Iterable[LabelledText]) -> Statistics:
    """Read a corpus once.

    Memory grows with its vocabulary and by some bytes a text.

    Raises:
        InputError: there are no texts.
    """
    counts: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    lengths: list[int] = []
    curve: list[tuple[int, int]] = []
    characters = total = 0
    stride = 1  # texts from one point of the curve to the next
    for example in examples:
        tokens = _TOKEN.findall(example.text)
        counts.update(tokens)
        labels[example.label] += 1
        lengths.append(len(tokens))
        characters += len(example.text)
        total += len(tokens)
        if len(lengths) % stride == 0:
            curve.append((total, len(counts)))
        if len(curve) == 2 * _POINTS:
            curve, stride = curve[1::2], 2 * stride
    if not lengths:
        raise InputError("there are no texts to measure")
    ranked = sorted(lengths)
    quantiles = {q: ranked[round(q * (len(ranked) - 1))] for q in _QUANTILES}
    last = (total, len(counts))
    growth = curve if curve and curve[-1] == last else [*curve, last]
    shown = {label: count for label, count in labels.most_common() if label}
    return Statistics(
        len(lengths), characters, total, len(counts), quantiles, shown, growth,
        counts.most_common(20),
    )  # fmt: skip


def measure_tagged(examples: Iterable[Example]) -> Statistics:
    """Read tagged text once; the labels are those of spans.

    Raises:
        InputError: there are no texts.
    """
    labels: Counter[str] = Counter()

    def texts() -> Iterator[LabelledText]:
        for example in examples:
            labels.update(span.label for span in example.spans)
            if isinstance(example, SpannedText):
                yield LabelledText(example.text, "")
            else:
                yield LabelledText(" ".join(example.words), "")

    found = measure(texts())
    return replace(found, labels=dict(labels.most_common()))


def statistics_png(statistics: Statistics) -> bytes:
    """The growth of the vocabulary and the labels' counts, as a PNG picture.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    prepare_import("matplotlib")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing", "train") from error
    labelled = bool(statistics.labels)
    figure = Figure(figsize=(9 if labelled else 5, 3.6), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2 if labelled else 1, squeeze=False)[0]
    axes[0].plot(*zip(*statistics.growth, strict=True), color=_BLUE)
    axes[0].set(title="Vocabulary growth", xlabel="tokens", ylabel="different tokens")
    if labelled:
        names = list(statistics.labels)[:20]
        axes[1].barh(names[::-1], [statistics.labels[n] for n in names[::-1]], color=_BLUE)
        axes[1].set(title="How often each label")
    for part in axes:
        part.spines[["top", "right"]].set_visible(False)
        part.grid(alpha=0.25)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()

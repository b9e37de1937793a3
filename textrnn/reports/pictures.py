"""The two pictures of a report: what it confuses, and how far to trust it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.configuration import require
from textrnn.corpora.files.writing import write_file
from textrnn.errors import MissingExtraError
from textrnn.offline import prepare_import
from textrnn.reports.reliability import ReliabilityBin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_KINDS = (".png", ".svg", ".pdf")
BLUE, RED, GREY = "#2563eb", "#dc2626", "#6b7280"
_LABELS_WITH_SHARES = 6  # with more, a cell has room for a number alone
_LABELS_WITH_NUMBERS = 20  # with more, for none
_INCHES = (4.4, 12.0)  # the smallest and the largest confusion matrix
# The font of the numbers, then those of the common systems that have Chinese characters.
_FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Noto Sans CJK JP",  # what a collection of fonts is called by its first one
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
)


def draw_plain(axes: Axes) -> None:
    """Leave the upper and right border out, and draw a light grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)


def confusion_figure(
    labels: Sequence[str], confusion: Sequence[Sequence[int]], *, title: str
) -> Figure:
    """Gold labels in rows, predicted ones in columns, shaded by the share of the row.

    Labels that no installed font can draw are shown by their number, counted from 1.

    Args:
        labels: those of rows and columns.
        confusion: how often each gold label was answered with each label, (L, L).
        title: the heading.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    smallest, largest = _INCHES
    with drawing():
        side = min(max(smallest, 0.62 * len(labels) + 1.6), largest)
        figure = new_figure((side, side))
        axes = figure.subplots()
        shares = [[number / max(sum(row), 1) for number in row] for row in confusion]
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        _name_rows_and_columns(axes, drawable(labels))
        axes.set_title(title, loc="left")
        if len(labels) <= _LABELS_WITH_NUMBERS:
            _fill_in(axes, confusion, shares)
    return figure


def reliability_figure(
    bins: Sequence[ReliabilityBin], *, calibration_error: float, items: str
) -> Figure:
    """Share right by the probability given, over the share of the answers in each bin.

    A bar that ends at the dashed line means what it says; above it the model is too modest, below
    it too sure. The lower panel tells how much each bar weighs.

    Args:
        bins: of :func:`textrnn.reports.reliability.reliability`.
        calibration_error: shown in the heading.
        items: what is counted, as ``texts``.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    filled = [one for one in bins if one.texts]
    middles = [(one.low + one.high) / 2 for one in filled]
    width = 0.92 * (bins[0].high - bins[0].low)
    with drawing():
        figure = new_figure((4.4, 5.2))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        upper.bar(middles, [one.accuracy for one in filled], width, color=BLUE, alpha=0.8)
        ends = (bins[0].low, bins[-1].high)
        upper.plot(ends, ends, "--", color=RED, linewidth=1.2, label="as promised")
        upper.set(
            ylabel="share right", ylim=(0, 1.02), xlim=(filled[0].low if filled else 0.0, 1.0)
        )
        upper.set_title(f"calibration error {calibration_error:.3f}", loc="left")
        upper.legend(frameon=True, framealpha=0.9, edgecolor="none", loc="lower right")
        total = sum(one.texts for one in filled)
        lower.bar(middles, [one.texts / total for one in filled], width, color=GREY)
        lower.set(xlabel="probability given", ylabel=items)
        lower.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        for axes in (upper, lower):
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(axis="y", color="white" if axes is upper else "#e5e7eb", linewidth=0.8)
            axes.set_axisbelow(axes is lower)
    return figure


def _name_rows_and_columns(axes: Axes, labels: Sequence[str]) -> None:
    places = range(len(labels))
    slanted = sum(map(len, labels)) > 30
    size = 10.0 if len(labels) <= _LABELS_WITH_NUMBERS else max(3.0, 200 / len(labels))
    style: dict[str, Any] = {"parse_math": False, "fontsize": size}  # a $ in a label is a $
    turned: dict[str, Any] = (
        {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    )
    axes.set_xticks(places, labels, **style, **turned)
    axes.set_yticks(places, labels, **style)
    axes.set(xlabel="predicted", ylabel="gold")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _fill_in(
    axes: Axes, confusion: Sequence[Sequence[int]], shares: Sequence[Sequence[float]]
) -> None:
    """Write how many texts a cell has and, where there is room, which share of its row."""
    for i, row in enumerate(confusion):
        for j, number in enumerate(row):
            text = f"{number:,}"
            if len(row) <= _LABELS_WITH_SHARES:
                text += f"\n{shares[i][j]:.1%}"
            colour = "white" if shares[i][j] > 0.5 else "#1f2937"
            axes.text(j, i, text, ha="center", va="center", color=colour, linespacing=1.4)


def drawable(labels: Sequence[str]) -> list[str]:
    """The labels, or their numbers for those that hold a character no font has."""
    from matplotlib import rcParams
    from matplotlib.font_manager import findfont, get_font

    fonts = [get_font(findfont(name)) for name in rcParams["font.family"]]
    return [
        label
        if all(any(font.get_char_index(ord(char)) for font in fonts) for char in label)
        else str(number)
        for number, label in enumerate(labels, 1)
    ]


@contextmanager
def drawing() -> Iterator[None]:
    """Matplotlib's settings while a picture is made; the caller's are left as they were."""
    prepare_import("matplotlib")
    try:
        from matplotlib import rc_context
        from matplotlib.font_manager import fontManager
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing a report", "train") from error
    installed = {font.name for font in fontManager.ttflist}
    family = [name for name in _FONTS if name in installed]
    # Many a font of Chinese has no bold face, which no reader can do anything about.
    logging.getLogger("matplotlib.font_manager").addFilter(_is_no_weight)
    with rc_context({"font.family": family, "axes.titlesize": 11, "axes.titleweight": "bold"}):
        yield


def _is_no_weight(record: logging.LogRecord) -> bool:
    """Whether a line of a log says something else than that a font has not the weight asked for."""
    return "Failed to find font weight" not in record.msg


def new_figure(size: tuple[float, float]) -> Figure:
    """A figure of so many inches, which needs no screen."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=150, layout="constrained")
    FigureCanvasAgg(figure)  # draws without a screen, whatever backend the caller chose
    return figure


def check_picture(path: Path) -> None:
    """See that a picture can be written to a file of that name.

    Raises:
        ConfigurationError: the kind of picture is unknown.
    """
    require(path.suffix.lower() in _KINDS, f"{path}: name a .png, .svg or .pdf")


def svg_of(figure: Figure) -> str:
    """A picture as the ``<svg>`` element of a page, its texts as texts."""
    from matplotlib import rc_context

    content = io.StringIO()
    with drawing(), rc_context({"svg.fonttype": "none", "svg.hashsalt": "textrnn"}):
        figure.savefig(content, format="svg")
    return content.getvalue().partition("<!DOCTYPE")[2].partition(">")[2].strip()


def write_picture(figure: Figure, path: Path) -> None:
    """Write a picture, of the kind that its name says.

    Raises:
        ConfigurationError: the kind is unknown.
    """
    check_picture(path)
    content = io.BytesIO()
    figure.savefig(content, format=path.suffix.lower()[1:])
    write_file(path, content.getvalue())

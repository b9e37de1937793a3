"""A classifier's report as a folder: numbers, words and two pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from textrnn.errors import MissingExtraError
from textrnn.evaluation.classification import ClassificationReport, ClassScore

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BLUE, _GREY = "#2563eb", "#8a8f98"
_NUMBERED_LABELS = 20  # with more, the cells are too small for numbers


def write_report(report: ClassificationReport, folder: Path, *, title: str) -> None:
    """Write ``report.json``, ``report.md``, ``confusion.png`` and ``reliability.png``.

    Args:
        report: the scores.
        folder: made where there is none.
        title: what was measured on what.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    confusion, calibration = confusion_figure(report), reliability_figure(report)
    folder.mkdir(parents=True, exist_ok=True)
    confusion.savefig(folder / "confusion.png")
    calibration.savefig(folder / "reliability.png")
    numbers = {"title": title, **report.as_dict()}
    text = json.dumps(numbers, indent=2, ensure_ascii=False) + "\n"
    (folder / "report.json").write_text(text, encoding="utf-8")
    (folder / "report.md").write_text(report_markdown(report, title=title), encoding="utf-8")


def report_markdown(report: ClassificationReport, *, title: str) -> str:
    """The report in Markdown, which shows the pictures beside it."""
    rows = [_row(score) for score in (*report.classes, report.macro, report.weighted)]
    mistakes = [
        f"- **{m.predicted}** ({m.probability:.3f}), should be **{m.gold}**: {_one_line(m.text)}"
        for m in report.mistakes
    ]
    parts = [
        f"# {title}",
        f"{report.texts:,} texts: accuracy **{report.accuracy:.4f}**, "
        f"calibration error {report.calibration_error:.4f}.",
        "\n".join(
            [
                "| label | precision | recall | F1 | texts |",
                "| --- | ---: | ---: | ---: | ---: |",
                *rows,
            ]
        ),
        "![Confusion](confusion.png) ![Reliability](reliability.png)",
        "## The most confident mistakes" if mistakes else "",
        "\n".join(mistakes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def confusion_figure(report: ClassificationReport) -> Figure:
    """Gold labels in rows, predicted ones in columns, shaded by the share of the row."""
    figure = _figure((max(4.2, 0.8 * len(report.labels)),) * 2)
    axes = figure.subplots()
    shares = [[n / max(sum(row), 1) for n in row] for row in report.confusion]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(report.labels))
    axes.set_xticks(ticks, report.labels, rotation=45 if len(report.labels) > 4 else 0)
    axes.set_yticks(ticks, report.labels)
    axes.set(title="Confusion", xlabel="predicted", ylabel="gold")
    axes.spines[:].set_visible(False)
    if len(report.labels) <= _NUMBERED_LABELS:
        for i, row in enumerate(report.confusion):
            for j, number in enumerate(row):
                colour = "white" if shares[i][j] > 0.5 else "black"
                axes.text(j, i, f"{number:,}", ha="center", va="center", color=colour)
    return figure


def reliability_figure(report: ClassificationReport) -> Figure:
    """Accuracy against confidence: on the diagonal a probability means what it says."""
    figure = _figure((4.2, 4.2))
    axes = figure.subplots()
    filled = [one for one in report.bins if one.texts]
    axes.plot([0, 1], [0, 1], "--", color=_GREY, linewidth=1, label="perfect")
    axes.bar(
        [(one.low + one.high) / 2 for one in filled],
        [one.accuracy for one in filled],
        width=0.9 * (report.bins[0].high - report.bins[0].low),
        color=_BLUE,
        alpha=0.75,
        label="share right",
    )
    lowest = min(one.low for one in filled)
    axes.set(xlim=(max(0.0, lowest - 0.02), 1.0), ylim=(0, 1.02))
    axes.set(xlabel="probability given", ylabel="share right")
    axes.set_title(f"Reliability (calibration error {report.calibration_error:.3f})")
    axes.legend(frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _figure(size: tuple[float, float]) -> Figure:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing a report", "train") from error
    figure = Figure(figsize=size, dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _row(score: ClassScore) -> str:
    numbers = f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | {score.support:,}"
    return f"| {score.label} | {numbers} |"


def _one_line(text: str) -> str:
    return " ".join(text.split())

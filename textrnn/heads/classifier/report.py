"""What was measured of a classifier: in numbers, in words and in two pictures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from textrnn.counted import counted
from textrnn.reports.folder import escape_markdown
from textrnn.reports.label_scores import LabelScore, confusion_table, score_markdown, score_table
from textrnn.reports.measured import shown_interval
from textrnn.reports.pictures import confusion_figure, reliability_figure
from textrnn.reports.reliability import ReliabilityBin
from textrnn.reports.report import Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Mistake:
    """A text that was given the wrong label."""

    text: str
    gold: str
    predicted: str
    probability: float


@dataclass(frozen=True)
class ClassificationReport:
    """The scores of a classifier on some texts: a :class:`textrnn.reports.report.Report`.

    Attributes:
        texts: how many there were.
        accuracy: share that was right.
        accuracy_interval: between what it lies with a probability of 95%.
        classes: scores of each label.
        macro: their mean, each label counted once.
        weighted: their mean, each label counted by its support.
        labels: the labels, in the order of the confusion matrix.
        confusion: texts by gold label (rows) and predicted label (columns).
        calibration_error: expected calibration error of the top probability.
        bins: what it was computed from.
        mistakes: the wrong answers given with the highest probability, up to 20.
    """

    texts: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    classes: tuple[LabelScore, ...]
    macro: LabelScore
    weighted: LabelScore
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    calibration_error: float
    bins: tuple[ReliabilityBin, ...]
    mistakes: tuple[Mistake, ...] = ()

    def scores(self) -> dict[str, float]:
        """Accuracy and calibration error."""
        return {"accuracy": self.accuracy, "calibration error": self.calibration_error}

    @property
    def interval(self) -> tuple[float, float]:
        """Of the accuracy."""
        return self.accuracy_interval

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)

    def figures(self) -> dict[str, Figure]:
        """``confusion.png`` and ``reliability.png``."""
        return {
            "confusion.png": confusion_figure(
                self.labels,
                self.confusion,
                title=f"{self.accuracy:.1%} of {counted(self.texts, 'text')} right",
            ),
            "reliability.png": reliability_figure(
                self.bins, calibration_error=self.calibration_error, items="texts"
            ),
        }

    def markdown(self, *, title: str) -> str:
        """Scores, pictures and the most confident mistakes."""
        plain = escape_markdown
        mistakes = [
            f"- **{plain(m.predicted)}** ({m.probability:.3f}), should be **{plain(m.gold)}**: "
            f"{plain(m.text)}"
            for m in self.mistakes
        ]
        parts = [
            f"# {plain(title)}",
            f"{counted(self.texts, 'text')}: accuracy **{self.accuracy:.4f}** "
            f"({shown_interval(self.accuracy_interval)}), "
            f"calibration error {self.calibration_error:.4f}.",
            score_markdown((*self.classes, self.macro, self.weighted), items="texts"),
            "![Confusion](confusion.png) ![Reliability](reliability.png)",
            "## The most confident mistakes" if mistakes else "",
            "\n".join(mistakes),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def sections(self) -> list[Section]:
        """Scores, and what is taken for what."""
        about = (
            f" ({shown_interval(self.accuracy_interval)}) on {counted(self.texts, 'text')}, "
            f"calibration error {self.calibration_error:.4f}\n"
        )
        scores = score_table((*self.classes, self.macro, self.weighted), items="texts")
        return [
            Section(f"accuracy {self.accuracy:.4f}", about, scores),
            Section(table=confusion_table(self.labels, self.confusion)),
        ]

"""What was measured of a tagger: in numbers, in words and in two pictures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from textrnn.counted import counted
from textrnn.reports.folder import escape_markdown
from textrnn.reports.harmless import one_line
from textrnn.reports.label_scores import LabelScore, confusion_table, score_markdown, score_table
from textrnn.reports.measured import shown_interval
from textrnn.reports.pictures import confusion_figure, reliability_figure
from textrnn.reports.reliability import ReliabilityBin, expected_calibration_error
from textrnn.reports.report import Column, Section, Table
from textrnn.text.alignment import misalignment_note

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOTHING = "(none)"  # stands for a missing span in the confusion and in slips
_SHOWN_SLIPS = 8  # on a screen
_SLIP_HEAD = "| times | words | right | given | context |\n| ---: | --- | --- | --- | --- |"


@dataclass(frozen=True)
class Slip:
    """A common error: what was said, what was right, how often, and where once.

    Attributes:
        text: the words that the error is about.
        gold: the right label, or ``(none)``.
        predicted: the label given, or ``(none)``.
        count: how often these words met this error.
        context: one sentence in which they did, the words in brackets.
    """

    text: str
    gold: str
    predicted: str
    count: int
    context: str


@dataclass(frozen=True)
class SpanReport:
    """The scores of a tagger: a :class:`textrnn.reports.report.Report`.

    Attributes:
        sentences: how many were scored.
        tokens: how many tokens they have.
        micro: over all spans together.
        f1_interval: between what its F1 lies with a probability of 95%.
        classes: of each label, in alphabetical order.
        labels: rows and columns of the confusion: the labels, then ``(none)``.
        confusion: counts, gold labels in rows. A gold span meets the predicted span that it shares
            most text with, whatever its borders; what meets nothing is in the last column, and
            predicted spans that meet no gold one are in the last row.
        slips: the commonest errors, the most frequent first.
        bins: how right the predicted spans are by their probability.
        misaligned: right spans that do not begin and end where tokens do; all of them are missed.
        first_misaligned: the first of them, with its place.
        calibration_error: of these probabilities.
    """

    sentences: int
    tokens: int
    micro: LabelScore
    f1_interval: tuple[float, float]
    classes: tuple[LabelScore, ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    slips: tuple[Slip, ...] = ()
    bins: tuple[ReliabilityBin, ...] = ()
    misaligned: int = 0
    first_misaligned: str = ""

    @property
    def calibration_error(self) -> float:
        """The expected calibration error of the predicted spans' probabilities."""
        return expected_calibration_error(self.bins)

    @property
    def interval(self) -> tuple[float, float]:
        """Of F1."""
        return self.f1_interval

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "calibration_error": self.calibration_error}

    @property
    def note(self) -> str:
        """What is to be said of spans that end within tokens; empty where there are none."""
        if not self.misaligned:
            return ""
        return misalignment_note(self.misaligned, self.micro.support, self.first_misaligned)

    def scores(self) -> dict[str, float]:
        """F1, precision and recall over all spans, and the calibration error."""
        return {
            "F1": self.micro.f1,
            "precision": self.micro.precision,
            "recall": self.micro.recall,
            "calibration error": self.calibration_error,
        }

    def figures(self) -> dict[str, Figure]:
        """``confusion.png`` and ``reliability.png``."""
        return {
            "confusion.png": confusion_figure(
                self.labels,
                self.confusion,
                title=f"F1 {self.micro.f1:.1%} over {counted(self.micro.support, 'span')}",
            ),
            "reliability.png": reliability_figure(
                self.bins, calibration_error=self.calibration_error, items="spans"
            ),
        }

    def markdown(self, *, title: str) -> str:
        """Scores, pictures and the commonest errors."""
        plain = escape_markdown
        slips = "\n".join(
            f"| {slip.count:,} | {plain(slip.text)} | {plain(slip.gold)} | "
            f"{plain(slip.predicted)} | {plain(slip.context)} |"
            for slip in self.slips
        )
        parts = [
            f"# {plain(title)}",
            f"{self._counts()}: F1 **{self.micro.f1:.4f}** ({shown_interval(self.f1_interval)}), "
            f"calibration error {self.calibration_error:.4f}.",
            plain(self.note),
            score_markdown((*self.classes, self.micro), items="spans"),
            "![Confusion](confusion.png) ![Reliability](reliability.png)",
            "## The commonest errors\n\nIn the context the right span stands in \\[ \\], the one "
            "given in { }." * bool(slips),
            f"{_SLIP_HEAD}\n{slips}" * bool(slips),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _counts(self) -> str:
        return f"{counted(self.sentences, 'sentence')}, {counted(self.tokens, 'token')}"

    def sections(self) -> list[Section]:
        """Scores, what is taken for what, and the commonest errors."""
        about = (
            f" ({shown_interval(self.f1_interval)}) on {self._counts()}, "
            f"calibration error {self.calibration_error:.4f}\n"
        )
        scores = score_table((*self.classes, self.micro), items="spans")
        found = [
            Section(f"F1 {self.micro.f1:.4f}", about, scores),
            Section(table=confusion_table(self.labels, self.confusion)),
        ]
        if self.slips:
            slips = _slip_table(self.slips[:_SHOWN_SLIPS])
            found.append(Section("commonest errors", " (right in [ ], given in { })", slips))
        return found


def _slip_table(slips: tuple[Slip, ...]) -> Table:
    columns = [Column(is_number=True, fit="whole"), Column(fit="whole"), Column(fit="cut")]
    rows = [
        (f"{s.count:,}", one_line(f"{s.gold} → {s.predicted}"), one_line(s.context)) for s in slips
    ]
    return Table(columns, rows)

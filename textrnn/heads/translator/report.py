"""What was measured of a translator: in numbers, in words and in a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from textrnn.counted import counted
from textrnn.heads.translator.scores import LengthGroup, Measures, ScoredSentence
from textrnn.reports.folder import escape_markdown
from textrnn.reports.harmless import one_line
from textrnn.reports.report import Column, Section, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WORST_TOLD, _WORST_SHOWN = 50, 5


@dataclass(frozen=True)
class TranslationReport:
    """A translator's scores: a :class:`textrnn.reports.report.Report`.

    Attributes:
        measures: of the translations.
        unchanged: of the sources as they are, where a translation would be no better than none.
        signatures: what BLEU and chrF2 were measured with.
        sentences: each pair with its translation and its score.
        by_length: BLEU of shorter and longer sources.
        broken_off: sentences whose translations did not come to their ends.
    """

    measures: Measures
    unchanged: Measures
    signatures: tuple[str, str]
    sentences: tuple[ScoredSentence, ...] = field(repr=False)
    by_length: tuple[LengthGroup, ...]
    broken_off: int

    def worst(self, count: int) -> list[ScoredSentence]:
        """The translations that are farthest from their references."""
        return sorted(self.sentences, key=lambda one: one.chrf)[:count]

    def scores(self) -> dict[str, float]:
        """BLEU, chrF2, the length ratio, and BLEU of the sources as they are."""
        return {**self.measures.as_dict(), "BLEU of the source unchanged": self.unchanged.bleu}

    @property
    def interval(self) -> None:
        """Not known."""
        return None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "pairs": len(self.sentences),
            **self.measures.as_dict(),
            "signatures": {"BLEU": self.signatures[0], "chrF2": self.signatures[1]},
            "source_unchanged": self.unchanged.as_dict(),
            "by_length": [asdict(group) for group in self.by_length],
            "broken_off": self.broken_off,
            "worst": [asdict(one) for one in self.worst(_WORST_TOLD)],
        }

    def figures(self) -> Mapping[str, Figure]:
        """``lengths.png``: BLEU by the length of the source."""
        from textrnn.heads.translator.pictures import length_figure

        return {"lengths.png": length_figure(self.by_length)}

    def markdown(self, *, title: str) -> str:
        """Scores, the picture, and the worst sentences."""
        found = self.measures
        parts = [
            f"# {escape_markdown(title)}",
            f"{self._counts()}: BLEU **{found.bleu:.2f}**, chrF2 **{found.chrf:.2f}**, length "
            f"ratio {found.length_ratio:.2f}.",
            f"The source unchanged has BLEU {self.unchanged.bleu:.2f}, chrF2 "
            f"{self.unchanged.chrf:.2f}, length ratio {self.unchanged.length_ratio:.2f}.",
            *(f"`{signature}`" for signature in self.signatures),
            "![BLEU by the length of the source](lengths.png)",
            "## The worst sentences",
            "| chrF2 | source | reference | translation |\n| ---: | --- | --- | --- |\n"
            + "\n".join(
                f"| {one.chrf:.1f} | {escape_markdown(one.source)} | "
                f"{escape_markdown(one.reference)} | {escape_markdown(one.translation)} |"
                for one in self.worst(_WORST_TOLD)
            ),
        ]
        return "\n\n".join(parts) + "\n"

    def sections(self) -> list[Section]:
        """Scores beside those of the source, by length, and the worst sentences."""
        found = self.measures
        about = f", chrF2 {found.chrf:.2f}\n{self._counts()}\n" + "\n".join(self.signatures)
        shown = [
            Section(f"BLEU {found.bleu:.2f}", f"{about}\n", self._score_table()),
            Section("the worst", ", by chrF2", self._worst_table()),
        ]
        if len(self.by_length) > 1:
            shown.insert(1, Section("by length", " of the source", self._length_table()))
        return shown

    def _counts(self) -> str:
        broken = counted(self.broken_off, "translation broke off", "translations broke off")
        return counted(len(self.sentences), "pair") + (f", {broken}" if self.broken_off else "")

    def _score_table(self) -> Table:
        columns = [Column(), *(Column(name, is_number=True) for name in self.measures.as_dict())]
        rows = [("translation", self.measures), ("source unchanged", self.unchanged)]
        return Table(
            columns,
            [(name, *(f"{value:.2f}" for value in one.as_dict().values())) for name, one in rows],
        )

    def _length_table(self) -> Table:
        names = ("characters, at most", "pairs", "BLEU")
        columns = [Column(name, is_number=True) for name in names]
        rows = [
            (f"{group.longest:,}", f"{group.pairs:,}", f"{group.bleu:.2f}")
            for group in self.by_length
        ]
        return Table(columns, rows)

    def _worst_table(self) -> Table:
        columns = [
            Column("chrF2", is_number=True, fit="whole"),
            *(Column(name, fit="fold") for name in ("source", "reference", "translation")),
        ]
        rows = [
            (f"{one.chrf:.1f}", *map(one_line, (one.source, one.reference, one.translation)))
            for one in self.worst(_WORST_SHOWN)
        ]
        return Table(columns, rows)

"""What was measured of a generator: what it foresees, and what it writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textrnn.counted import counted
from textrnn.heads.generator.novelty import NoveltyReport
from textrnn.heads.generator.result import Generation
from textrnn.heads.generator.scores import PerplexityReport
from textrnn.reports.folder import escape_markdown
from textrnn.reports.report import Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN_SAMPLES = 10


@dataclass(frozen=True)
class GenerationReport:
    """A generator's scores: a :class:`textrnn.reports.report.Report`.

    Attributes:
        perplexity: on the documents.
        novelty: of the samples; None where there are none.
        samples: texts that it wrote by itself.
    """

    perplexity: PerplexityReport
    novelty: NoveltyReport | None = None
    samples: tuple[Generation, ...] = ()

    def scores(self) -> dict[str, float]:
        """How well it foresees, by token and by character, and what it does not know; of samples
        their different n-grams, as a share of all.
        """
        found, written = self.perplexity, self.novelty
        distinct = written.distinct if written else {}
        return {
            "perplexity of a token": found.perplexity,
            "bits per character": found.bits_per_character,
            "share of unknown tokens": found.unknown / found.tokens,
            **{f"distinct-{n}": share for n, share in distinct.items()},
        }

    @property
    def interval(self) -> None:
        """Not known."""
        return None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; samples only where there are some."""
        numbers = self.perplexity.as_dict()
        if self.novelty is not None:
            written = [sample.as_dict() for sample in self.samples]
            numbers["samples"] = {**self.novelty.as_dict(), "written": written}
        return numbers

    def figures(self) -> Mapping[str, Figure]:
        """None."""
        return {}

    def markdown(self, *, title: str) -> str:
        """Scores and samples."""
        found = self.perplexity
        samples = [
            "> " + "  \n> ".join(escape_markdown(line) for line in sample.text.split("\n"))
            for sample in self.samples[:_SHOWN_SAMPLES]
        ]
        parts = [
            f"# {escape_markdown(title)}",
            f"{self._counts()}: perplexity **{found.perplexity:.2f}** of a token, "
            f"**{found.bits_per_character:.3f}** bits a character.",
        ]
        if self.novelty is not None:
            parts += [f"## What it writes\n\n{' '.join(_facts(self.novelty))}", *samples]
        return "\n\n".join(parts) + "\n"

    def sections(self) -> list[Section]:
        """What it foresees, and what is new in what it writes."""
        found = self.perplexity
        about = f" of a token, {found.bits_per_character:.3f} bits a character\n{self._counts()}\n"
        table = None if self.novelty is None else self.novelty.table()
        return [Section(f"perplexity {found.perplexity:.2f}", about, table)]

    def _counts(self) -> str:
        found = self.perplexity
        return (
            f"{counted(found.documents, 'document')}, {counted(found.tokens, 'token')} "
            f"({found.unknown:,} unknown), {counted(found.characters, 'character')}"
        )


def _facts(report: NoveltyReport) -> Iterator[str]:
    shares = ", ".join(f"distinct-{n} {share:.3f}" for n, share in report.distinct.items())
    yield f"{counted(report.texts, 'text')}, {counted(report.tokens, 'token')}: {shares}."
    if report.new_share is not None:
        yield f"{report.new_share:.1%} of its {report.ngram}-grams are new."
    if report.longest_copy is not None:
        copy = report.longest_copy
        yield (
            f"The longest run copied from the training text has {copy.tokens} tokens: "
            f"{escape_markdown(copy.text)}"
        )

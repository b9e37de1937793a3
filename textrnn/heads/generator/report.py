"""A generator's report as a folder: numbers, words and samples."""

from __future__ import annotations

from pathlib import Path

from textrnn.heads.generator.novelty import NoveltyReport
from textrnn.heads.generator.scores import GenerationReport
from textrnn.reports.folder import escape_markdown, write_folder

_SHOWN_SAMPLES = 10


def write_generation_report(report: GenerationReport, folder: Path, *, title: str) -> None:
    """Write ``report.json`` and ``report.md``.

    Args:
        report: the scores.
        folder: made where there is none.
        title: what was measured on what.
    """
    words = generation_report_markdown(report, title=title)
    write_folder(folder, {"title": title, **report.as_dict()}, words, {})


def generation_report_markdown(report: GenerationReport, *, title: str) -> str:
    """The report in Markdown.

    Args:
        report: the scores.
        title: the heading.

    Returns:
        GitHub-flavoured Markdown; samples are shown as they are, markup included.
    """
    found = report.perplexity
    samples = [
        "> " + "  \n> ".join(escape_markdown(line) for line in sample.text.split("\n"))
        for sample in report.samples[:_SHOWN_SAMPLES]
    ]
    parts = [
        f"# {escape_markdown(title)}",
        f"{found.documents:,} documents, {found.tokens:,} tokens ({found.unknown:,} unknown), "
        f"{found.characters:,} characters: perplexity **{found.perplexity:.2f}** of a token, "
        f"**{found.bits_per_character:.3f}** bits a character.",
        f"## What it writes\n\n{_novelty(report.novelty)}",
        *samples,
    ]
    return "\n\n".join(parts) + "\n"


def _novelty(report: NoveltyReport) -> str:
    shares = ", ".join(f"distinct-{n} {share:.3f}" for n, share in report.distinct.items())
    facts = [f"{report.texts:,} texts, {report.tokens:,} tokens: {shares}."]
    if report.new_share is not None:
        facts.append(f"{report.new_share:.1%} of its {report.ngram}-grams are new.")
    if report.longest_copy is not None:
        copy = report.longest_copy
        facts.append(
            f"The longest run copied from the training text has {copy.tokens} tokens: "
            f"{escape_markdown(copy.text)}"
        )
    return " ".join(facts)

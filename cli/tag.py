"""``textrnn tag``: the names in texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textrnn.cli.parts.answer_folder import ShardOptions, answer_folder, shard_options
from textrnn.cli.parts.columns import find_columns
from textrnn.cli.parts.formats import output_format
from textrnn.cli.parts.input_options import input_options
from textrnn.cli.parts.inputs import Inputs, as_they_come, note_answers
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.opening import open_router, place_of
from textrnn.cli.parts.progress import byte_progress
from textrnn.cli.parts.tag_output import ENDINGS, FORMATS, TAKEN, write_tagged
from textrnn.corpora.files.outputs import check_output
from textrnn.text.words import MAX_TOKEN

if TYPE_CHECKING:
    from textrnn.corpora import Line
    from textrnn.heads.tagger.result import TaggedText
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.runtime.stream import ReadAhead

Rows = Iterator["tuple[Line, TaggedText]"]


@click.command()
@input_options("tag")
@click.option("--pretokenized", is_flag=True,
              help="FILE is CoNLL columns: the first of them holds the words.")  # fmt: skip
@click.option("--model", help="A shipped model or a model folder [by the texts' language].")
@click.option("--labels", help="Keep these alone, as PER,ORG.")
@click.option("--min-probability", type=click.FloatRange(0, 1), default=0.0, show_default=True,
              help="Leave out what is less probable.")  # fmt: skip
@click.option("--n-best", type=click.IntRange(1), default=1, show_default=True, metavar="K",
              help="Also the most probable ways to read each text (jsonl and table).")  # fmt: skip
@click.option("--format", "form", type=click.Choice(FORMATS),
              help="[colours on a terminal, or jsonl]")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, in one piece.")
@click.option("--batch-size", type=click.IntRange(1), default=128, show_default=True)
@click.option(
    "--threads", type=click.IntRange(1), help="Batches at a time [as many as cores, less one]."
)
@shard_options
@click.pass_obj
def command(
    settings: dict[str, bool],
    inputs: Inputs,
    pretokenized: bool,
    model: str | None,
    labels: str | None,
    min_probability: float,
    n_best: int,
    form: str | None,
    output: Path | None,
    batch_size: int,
    threads: int | None,
    shards: ShardOptions,
) -> None:
    """Find the names in texts: people, organisations, places.

    A text is a row of .csv, .tsv, .jsonl, .json or .parquet, whose other columns come out again
    beside the answer; of other files and of standard input (-) a line that is not blank; with
    --whole a file. FILE may be compressed (gzip, bzip2, xz).

    \b
        textrnn tag news.txt
        textrnn tag --text "Ada Lovelace was born in London." --format conll
        textrnn tag news.txt --output news.html
    """
    shards.check(
        inputs.files,
        {
            "--text": inputs.texts,
            "--whole": inputs.whole,
            "--pretokenized": pretokenized,
            "--output": output,
            "--format": form,
        },
    )
    readings = n_best if n_best > 1 else 0
    if shards.folder is not None:
        answer_folder(
            inputs,
            shards,
            model=model,
            task="tagger",
            quiet=settings["quiet"],
            threads=threads,
            options={"batch_size": batch_size, "readings": readings},
            labels=None if labels is None else tuple(sorted(_names(labels))),
            min_probability=min_probability,
        )
        return

    from textrnn.corpora import WordsLine
    from textrnn.heads.tagger.tagger import Tagger, check_labels

    if pretokenized and (inputs.texts or inputs.whole):
        raise click.UsageError("--pretokenized reads files, without --text and --whole")
    inputs = inputs.gathered()
    check_output(output, [*inputs.files, model])
    form = output_format(form, output, ENDINGS, terminal="text", pipe="jsonl")
    summary = _Summary()
    with byte_progress(inputs.total_bytes(), quiet=settings["quiet"], output=output) as on_bytes:
        if pretokenized:
            on_note = note_writer(quiet=settings["quiet"])
            sentences: Iterator[Line] = inputs.sentences(on_bytes, on_note)
        else:
            sentences = inputs.stream(on_bytes)
        lines, ready = as_they_come(inputs, sentences, "tag")
        router = open_router(Tagger, "tag", model=model, threads=threads)
        columns, lines = find_columns(inputs, lines, form, TAKEN)
        kept = None if labels is None else _names(labels)
        check_labels(kept, router.labels)

        def answer(tagger: Tagger, sent: Iterator[Line], ready: ReadAhead) -> Iterator[TaggedText]:
            options: dict[str, Any] = {
                "batch_size": batch_size,
                "readings": readings,
                "read_ahead": ready,
            }
            if not pretokenized:
                return tagger.tag_stream((line.text for line in sent), **options)
            words = (line.words for line in sent if isinstance(line, WordsLine))
            return tagger.tag_words(words, **options)

        answers = router.answers(
            lines, answer, text=attrgetter("text"), place=place_of, ready=ready
        )
        rows = (
            (line, tagged.only(kept, min_probability=min_probability).in_language(language))
            for line, language, tagged in answers
        )
        write_tagged(summary.watch(rows), output, form=form, labels=router.labels, columns=columns)
    note_answers(inputs, router, note_writer(quiet=settings["quiet"]))
    summary.note_cut_words(note_writer(quiet=settings["quiet"]))
    if settings["verbose"] or (not settings["quiet"] and output is not None):
        click.echo(f"{summary} by {router.names}", err=True)


class _Summary:
    """Counts texts and entities while rows pass by."""

    def __init__(self) -> None:
        self.texts = 0
        self.entities: Counter[str] = Counter()
        self.cut_words = 0

    def watch(self, rows: Rows) -> Rows:
        """The same rows, counted."""
        for line, tagged in rows:
            self.texts += not getattr(line, "error", "")
            self.entities.update(entity.label for entity in tagged.entities)
            self.cut_words += tagged.cut_words
            yield line, tagged

    def note_cut_words(self, on_note: Callable[[str], None]) -> None:
        """Say how many words were too long to be read in one piece, where there were some."""
        if self.cut_words:
            on_note(
                f"words of more than {MAX_TOKEN:,} characters, read in pieces: {self.cut_words:,}"
            )

    def __str__(self) -> str:
        parts = ", ".join(f"{count:,} {label}" for label, count in self.entities.most_common())
        return f"{self.texts:,} texts, {self.entities.total():,} entities ({parts or 'none'})"


def _names(labels: str) -> set[str]:
    """What was listed with commas."""
    return {name.strip() for name in labels.split(",")}

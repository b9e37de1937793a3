"""Tagged texts in colours, as a table, JSON, Parquet, CoNLL columns or an HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from textrnn.cli.parts.columns import Columns
from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import (
    record_of,
    write_answers_as_parquet,
    write_json_array,
    write_json_lines,
)
from textrnn.reports.harmless import harmless, one_line

if TYPE_CHECKING:
    from rich.text import Text

    from textrnn.corpora import Line
    from textrnn.heads.tagger.entity import Entity
    from textrnn.heads.tagger.result import TaggedText

FORMATS = ("text", "table", "jsonl", "json", "parquet", "conll", "bioes", "html")
ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet",
           ".conll": "conll", ".bio": "conll", ".bioes": "bioes", ".html": "html", ".htm": "html",
           ".txt": "text"}  # fmt: skip
_COLOURS = ("cyan", "yellow", "magenta", "green", "red", "blue")
_FIRST_LABELS = ("PER", "ORG", "LOC", "MISC")  # the same colours whatever else a model knows

TAKEN = ("file", "line", "text", "error", "entities", "readings", "language")

Rows = Iterable["tuple[Line, TaggedText]"]


def write_tagged(
    rows: Rows, output: Path | None, *, form: str, labels: tuple[str, ...], columns: Columns
) -> None:
    """Write results as they come.

    Args:
        rows: where each text came from, and its result.
        output: the file; None for standard output.
        form: one of FORMATS.
        labels: all labels of the model, which decide the colours.
        columns: the records' own fields, for Parquet.
    """
    if form == "parquet":
        from textrnn.heads.tagger.tagger import Tagger

        assert output is not None
        kinds = {"language": "text", **Tagger.column_kinds(labels, {"readings": True})}
        found = ((line, {"readings": [], **tagged.columns()}) for line, tagged in rows)
        write_answers_as_parquet(found, output, columns, kinds)
        return
    with open_output(output) as file:
        _write(rows, file, form, labels)


def _write(rows: Rows, file: TextIO, form: str, labels: tuple[str, ...]) -> None:
    if form in ("jsonl", "json"):
        write = write_json_lines if form == "jsonl" else write_json_array
        write((record_of(line, tagged.as_dict()) for line, tagged in rows), file)
    elif form in ("conll", "bioes"):
        scheme = "bio" if form == "conll" else "bioes"
        for line, tagged in rows:
            file.writelines(_above(line))
            file.write(tagged.to_conll(scheme=scheme) + "\n")
    elif form == "html":
        from textrnn.heads.tagger.page import html_stream

        file.writelines(html_stream(tagged for _, tagged in rows))
    elif form == "table":
        _write_table(rows, file, labels)
    else:
        _write_coloured(rows, file, labels)


def _above(line: Line) -> Iterator[str]:
    """What stands above a sentence of CoNLL columns: its comments, and where a document begins."""
    from textrnn.corpora import WordsLine

    for text in line.above if isinstance(line, WordsLine) else ():
        yield "-DOCSTART-\tO\n\n" if text == "-DOCSTART-" else f"{text}\n"


def _write_coloured(rows: Rows, file: TextIO, labels: tuple[str, ...]) -> None:
    """Each text with its entities coloured, and a slash and the label behind each."""
    from rich.text import Text

    from textrnn.cli.parts.display import Display

    display = Display(file)
    for _, tagged in rows:
        display.print(_coloured(tagged, tagged.entities, labels))
        for reading in tagged.readings:
            shown = Text.assemble("  ", (f"{reading.probability:.3f}", "dim"), " ")
            display.print(shown.append_text(_coloured(tagged, reading.entities, labels)))


def _coloured(tagged: TaggedText, entities: Iterable[Entity], labels: tuple[str, ...]) -> Text:
    from rich.text import Text

    shown, end = Text(), 0
    for entity in entities:
        colour = _colour(entity.label, labels)
        shown.append(harmless(tagged.text[end : entity.start]))
        shown.append(harmless(entity.text), style=f"bold {colour}")
        shown.append(f"/{one_line(entity.label)}", style=colour)
        end = entity.end
    return shown.append(harmless(tagged.text[end:]))


def _colour(label: str, labels: tuple[str, ...]) -> str:
    known = (*_FIRST_LABELS, *(name for name in labels if name not in _FIRST_LABELS))
    return _COLOURS[known.index(label) % len(_COLOURS)]


def _write_table(rows: Rows, file: TextIO, labels: tuple[str, ...]) -> None:
    """A row for each entity: where it is, what it is, how sure, and the words."""
    from rich.text import Text

    from textrnn.cli.parts.display import Display

    display = Display(file)
    width = max(len("label"), *(Text(one_line(label)).cell_len for label in labels))
    head = f"{'line':>6}  {'start':>6}  {'label':<{width}}  prob.  entity"
    display.print(Text(head, style="bold"), soft_wrap=True)
    for line, tagged in rows:
        readings = [(r.entities, f"{r.probability:.3f}") for r in tagged.readings]
        for rank, (entities, _) in enumerate(readings or [(tagged.entities, "")]):
            for entity in entities:
                display.print(_row(line, entity, width, labels, rank), soft_wrap=True)


def _row(line: Line, entity: Entity, width: int, labels: tuple[str, ...], rank: int) -> Text:
    from rich.text import Text

    colour = _colour(entity.label, labels)
    place = f"{line.number}" + (f"/{rank + 1}" if rank else "")
    label = Text(one_line(entity.label), style=colour)
    label.pad_right(width - label.cell_len)
    return Text.assemble(
        f"{place:>6}  {entity.start:>6}  ",
        label,
        (f"  {entity.probability:.3f}  ", "" if entity.probability >= 0.9 else "dim"),
        (one_line(entity.text), f"bold {colour}"),
    )

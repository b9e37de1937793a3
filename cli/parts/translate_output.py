"""Translations as plain lines, a table, CSV, TSV, JSON, Parquet or an HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from textrnn.cli.parts.cell_output import write_csv, write_tsv
from textrnn.cli.parts.columns import Columns
from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import (
    PLACE,
    record_of,
    write_answers_as_parquet,
    write_json_array,
    write_json_lines,
)
from textrnn.reports.harmless import harmless, one_line

if TYPE_CHECKING:
    from rich.table import Table

    from textrnn.corpora import Line
    from textrnn.heads.translator.result import Translation

FORMATS = ("text", "table", "tsv", "csv", "jsonl", "json", "parquet", "html")
ENDINGS = {f".{form}": form for form in FORMATS[2:]} | {".ndjson": "jsonl", ".txt": "text",
                                                        ".htm": "html"}  # fmt: skip
TAKEN = (*PLACE, "translation", "score", "alignment", "hypotheses")

Rows = Iterable["tuple[Line, Translation]"]


@dataclass(frozen=True)
class TranslationLayout:
    """How translations are written.

    Attributes:
        form: one of FORMATS.
        columns: the records' own fields.
        n_best: how many ways to translate each text are told.
        alignment: whether text and table tell what each word looked at.
        is_safe: whether cells that spreadsheets would run get a ' before them.
    """

    form: str
    columns: Columns
    n_best: int = 1
    alignment: bool = False
    is_safe: bool = False

    def names(self) -> list[str]:
        """Of the columns of the answer."""
        return ["translation", "score"]

    def answer(self, line: Line, result: Translation) -> list[str]:
        """The translation and its score; empty where there was no text."""
        if getattr(line, "error", ""):
            return ["", ""]
        return [result.text, f"{result.score:.4f}"]


def write_translations(rows: Rows, output: Path | None, layout: TranslationLayout) -> None:
    """Write translations as they come.

    Args:
        rows: where each text came from, and its translation.
        output: the file; None for standard output.
        layout: how.
    """
    if layout.form == "parquet":
        from textrnn.heads.translator.translator import Translator

        assert output is not None
        kinds = {"language": "text", **Translator.column_kinds((), {"n_best": layout.n_best})}
        found = ((line, result.columns()) for line, result in rows)
        write_answers_as_parquet(iter(found), output, layout.columns, kinds)
        return
    with open_output(output) as file:
        if layout.form == "tsv":
            write_tsv(rows, file, layout, is_table=output is not None)
        else:
            _write(rows, file, layout)


def _write(rows: Rows, file: TextIO, layout: TranslationLayout) -> None:
    if layout.form in ("jsonl", "json"):
        write = write_json_lines if layout.form == "jsonl" else write_json_array
        write((record_of(line, result.as_dict()) for line, result in rows), file)
    elif layout.form == "csv":
        write_csv(rows, file, layout)
    elif layout.form == "html":
        from textrnn.heads.translator.page import html_stream

        file.writelines(html_stream(result for _, result in rows))
    elif layout.form == "table":
        _write_table(rows, file, layout)
    else:
        for _, result in rows:
            for text in _texts(result, layout):
                file.write(text + "\n")
                file.flush()  # whoever waits for the line gets it


def _texts(result: Translation, layout: TranslationLayout) -> Iterator[str]:
    """A translation as a line, or several; of several ways each with its score before it."""
    if layout.n_best > 1:
        for one in result.hypotheses:
            yield f"{one.score:.4f}\t{one.text}"
        return
    yield f"{result.text}\t{_pairs(result)}" if layout.alignment else result.text


def _pairs(result: Translation) -> str:
    """Which token of the source each token of the translation looked at most, as ``0-0 2-1``: the
    form in which word alignments are exchanged, source before target.
    """
    pairs, target, before = list[str](), 0, 0
    for sentence in result.sentences:
        looked_at = [weights.index(max(weights)) for weights in sentence.attention]
        pairs += [f"{before + place}-{target + n}" for n, place in enumerate(looked_at)]
        before += len(sentence.source_tokens)
        target += len(sentence.target_tokens)
    return " ".join(pairs)


def _write_table(rows: Rows, file: TextIO, layout: TranslationLayout) -> None:
    """Each text beside its translation, as it comes."""
    from textrnn.cli.parts.display import Display

    display, is_first = Display(file), True
    for line, result in rows:
        table = _row(display.width, is_first, line, result, layout)
        display.print(table)
        is_first = False


def _row(
    width: int, is_first: bool, line: Line, result: Translation, layout: TranslationLayout
) -> Table:
    """A text, its translation and its score; then what else was asked for."""
    from rich.table import Table
    from rich.text import Text

    half = max(10, (min(width, 200) - 16) // 2)
    table = Table(box=None, pad_edge=False, show_header=is_first, header_style="bold")
    table.add_column("line", justify="right", width=5)
    table.add_column("text", width=half, overflow="fold")
    table.add_column("translation", width=half, overflow="fold")
    table.add_column("score", justify="right", width=6)
    score = f"{result.score:.2f}" if result.sentences else ""
    text, translation = (Text(harmless(one)) for one in (line.text, result.text))
    table.add_row(str(line.number), text, translation, score)
    for other in result.hypotheses[1:]:
        table.add_row("", "", Text(harmless(other.text), style="dim"), f"{other.score:.2f}")
    if layout.alignment and result.sentences:
        shown = Text("  ".join(_links(result)), style="dim")
        table.add_row("", "", shown, "")
    return table


def _links(result: Translation) -> Iterator[str]:
    """As ``经常←时``: neighbouring tokens that looked at the same stand together."""
    links: list[tuple[str, tuple[int, int]]] = []
    for token in result.alignment:
        word = one_line(result.text[token.start : token.end])
        place = (token.source_start, token.source_end)
        if links and links[-1][1] == place:
            links[-1] = (links[-1][0] + word, place)
        elif word:
            links.append((word, place))
    return (f"{word}←{one_line(result.source[slice(*place)]) or '␣'}" for word, place in links)

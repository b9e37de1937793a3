"""CoNLL columns: a word a line, in columns divided by tabs or blanks; blank lines end sentences.

Understood besides are several blanks between columns and blanks at line ends, ``-DOCSTART-`` lines,
comments (``# sent_id = 7``), columns before the word that count words or sentences or name what
these are of, and CoNLL-U; where words are counted, multi-word ranges (``1-2``) and empty nodes
(``1.1``) are no words. Blanks divide nothing but columns: a no-break or ideographic space is part
of its word, and so is a blank between tabs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from textrnn.corpora.files.opening import is_pipe, source_name
from textrnn.corpora.files.reading import Line, read_lines
from textrnn.corpora.formats.tagged.column_layout import (
    DOCUMENT_START,
    Layout,
    is_document_start,
    is_header,
    sure_words,
    tell_layout,
)
from textrnn.corpora.formats.tagged.examples import OnNote, TaggedOptions, TaggedSentence
from textrnn.corpora.formats.tagged.index_columns import is_no_word
from textrnn.corpora.formats.tagged.schemes import is_tag, split_tag, tags_to_spans
from textrnn.corpora.formats.tagged.tag_columns import TagColumns
from textrnn.counted import counted
from textrnn.errors import InputError

_PEEKED_SENTENCES = 50  # by which the columns of a file are told; of a pipe it is the first alone
_SENTENCES = (
    "if a line is a sentence, write a word a line, or read it as text, without pretokenized=True"
)
_NAMED_ENTITY_KEYS = ("name", "ner", "ne", "entity", "netag", "nertag", "tag")


@dataclass(frozen=True)
class Row:
    """A word's line.

    Attributes:
        cells: its columns, from the word on.
        line: where it stands.
    """

    cells: tuple[str, ...]
    line: Line


@dataclass(frozen=True)
class ColumnSentence:
    """The rows between two blank lines.

    Attributes:
        rows: one a word.
        above: the comments right above, as they are written, and ``-DOCSTART-``.
    """

    rows: tuple[Row, ...]
    above: tuple[str, ...] = ()

    @property
    def begins_document(self) -> bool:
        """Whether ``-DOCSTART-`` stands above."""
        return DOCUMENT_START in self.above


def read_conll(path: str | Path, options: TaggedOptions) -> Iterator[TaggedSentence]:
    """Read tagged sentences: of each row the first column is the word, the last its tag.

    ``-DOCSTART-`` begins a document; without such lines each sentence is a document of its own.

    Raises:
        InputError: as :func:`read_columns`; or a row has no tag, or other columns than the first.
    """
    width, document, marked, has_tags = 0, 0, False, False
    encoding, on_note = options.encoding, options.on_note
    for sentence in read_columns(path, tagged=True, encoding=encoding, on_note=on_note):
        if sentence.begins_document:
            document, marked = document + 1, True
        for row in sentence.rows:
            width = width or len(row.cells)
            _check_row(row, width)
        has_tags = has_tags or any(row.cells[-1] for row in sentence.rows)
        tags = tuple(sys.intern(row.cells[-1] or "O") for row in sentence.rows)
        spans = tuple(tags_to_spans(tags, scheme=options.scheme))
        words, line = tuple(row.cells[0] for row in sentence.rows), sentence.rows[0].line
        yield TaggedSentence(words, spans, document, line.place, tags=tags)
        document += not marked
    if width and not has_tags:
        raise InputError(
            f"{source_name(path)}: CoNLL-U without tags: expected name=B-PER, or the like, "
            "among the values of the last column"
        )


def read_columns(
    path: str | Path,
    *,
    tagged: bool,
    encoding: str = "utf-8",
    on_note: OnNote | None = None,
) -> Iterator[ColumnSentence]:
    """Read sentences in columns.

    Args:
        path: a file, or ``-``.
        tagged: whether the last column is a tag, which CoNLL-U has among its last column's values,
            as ``name=B-PER``; or else the word alone is wanted, and may be the only column.
        encoding: of the file.
        on_note: told in a line what a reader might not expect.

    Yields:
        Each sentence; its words are not empty.

    Raises:
        InputError: the file cannot be read, or a word is empty or not to be told from what follows;
            the message names the line.
    """
    blocks = _blocks(read_lines(path, encoding=encoding))
    peeked = _peek(blocks, 1 if is_pipe(path) else _PEEKED_SENTENCES)
    header = peeked[0].pop(0) if peeked and is_header(peeked[0][0]) else None
    layout = tell_layout(peeked, path, tagged=tagged)
    if header is not None and on_note is not None:
        on_note(f"{source_name(path)}: line {header.number} names the columns and is left out")
    if layout.index and not layout.conllu and on_note is not None:
        on_note(f"{source_name(path)}: {layout.index.note()}")
    if layout.bare and not tagged and on_note is not None:
        on_note(
            f"{source_name(path)}: read as columns: the first of {layout.width} is the word, and "
            f"none of the others looks like tags; {_SENTENCES}"
        )
    above, columns = list[str](), TagColumns()
    for block in chain(peeked, blocks):
        rows: list[Row] = []
        for line in block:
            if is_document_start(line):
                above.append(DOCUMENT_START)
            elif layout.is_comment(line.text):
                above.append(line.text)
            elif (row := _row(line, layout, tagged=tagged)) is not None:
                rows.append(row)
        if rows:
            columns.add([row.cells for row in rows])
            yield ColumnSentence(tuple(rows), tuple(above))
            above = []
    if tagged and on_note is not None and (note := columns.note()):
        on_note(f"{source_name(path)}: {note}")


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Runs of lines that are not blank; a ``-DOCSTART-`` begins a run of its own."""
    for blank, run in groupby(lines, key=lambda line: not line.text.strip()):
        if blank:
            continue
        kept: list[Line] = []
        for line in run:
            if kept and is_document_start(line):
                yield kept
                kept = []
            kept.append(line)
        yield kept


def _peek(blocks: Iterator[list[Line]], sentences: int) -> list[list[Line]]:
    """The first runs, until so many of them hold more than comments."""
    peeked: list[list[Line]] = []
    for block in blocks:
        peeked.append(block)
        sentences -= bool(sure_words(block))
        if sentences == 0:
            break
    return peeked


def _row(line: Line, layout: Layout, *, tagged: bool) -> Row | None:
    """A word's row, from the word on; None for what CoNLL-U has besides words.

    Raises:
        InputError: there is no word, or it cannot be told from what follows it.
    """
    cells, before = layout.cells(line.text), 0
    if layout.index is not None:
        before, count = layout.index.width, layout.index.count(cells)
        if layout.conllu and (count is None or len(cells) < 2):
            raise _error(line, "expected CoNLL-U, a number and a word")
        if count is None:
            counter = f"column {layout.index.counter + 1}"
            raise _error(line, f"{counter} counted so far (1, 2, 3, …), here it does not")
        if is_no_word(count):
            return None
    if len(cells) <= before or not cells[before]:
        column = f"column {before + 1}" if before else "the first column"
        raise _error(line, f"{column}, the word, is empty")
    if not tagged and not layout.conllu:
        _check_width(line, cells, layout)
    cells = cells[before:]
    if layout.conllu and tagged:
        cells = [cells[0], _conllu_tag(cells[-1])]
    return Row(tuple(cells), line)


def _check_width(line: Line, cells: Sequence[str], layout: Layout) -> None:
    """Where words alone are wanted, see that the row is whole and no blank cuts its word in two."""
    is_whole = len(cells) == layout.width or (
        layout.tabs and line.text.count("\t") + 1 == layout.width  # empty ones at the end
    )
    is_divided = not layout.tabs or len(cells) == 1 or "\t" in line.text.rstrip()
    if is_whole and (is_divided or (layout.tagged and is_tag(cells[-1]))):
        return
    expected = counted(layout.width, "column")
    remedy = "where a word holds a blank, divide the columns by tabs"
    if layout.tabs:
        expected, remedy = f"{expected} divided by tabs", ""
    elif not layout.tagged:
        remedy = f"{remedy}; {_SENTENCES}"
    raise _width_error(line, cells, f"{expected}, as before", remedy)


def _width_error(line: Line, cells: Sequence[str], expected: str, remedy: str) -> InputError:
    """That a row has not the columns it should have."""
    if line.text.startswith("#"):
        remedy = "; ".join(filter(None, (remedy, "a comment begins with # and a blank")))
    found = counted(len(cells), "column")
    return _error(line, f"{found}; expected {expected}" + (f" ({remedy})" if remedy else ""))


def _error(line: Line, what: str) -> InputError:
    return InputError(f"{line.place}: {what}: {line.text[:80]!r}")


def _conllu_tag(values: str) -> str:
    """The tag among the values of CoNLL-U's last column; an empty string where there is none."""
    if is_tag(values):
        return values
    for pair in values.split("|"):
        key, _, value = pair.partition("=")
        if key.lower() in _NAMED_ENTITY_KEYS and is_tag(value):
            return value
    return ""


def _check_row(row: Row, width: int) -> None:
    """Raise InputError, with file and line, unless the row is a word and a tag."""
    if len(row.cells) < 2 or len(row.cells) != width:
        expected = f"{width}, as before" if width >= 2 else "2 or more"
        raise _width_error(row.line, row.cells, expected, "a word, …, its tag")
    if not row.cells[-1]:
        return  # of CoNLL-U: no tag, no name
    try:
        split_tag(row.cells[-1])
    except InputError as error:
        raise InputError(f"{row.line.place}: {error}") from error

"""CoNLL columns: a word a line, in columns divided by tabs or blanks; blank lines end sentences.

Understood besides are several blanks between columns and blanks at line ends, ``-DOCSTART-`` lines,
comments (``# sent_id = 7``), a column before the word that counts the words, and CoNLL-U, of which
multi-word ranges (``1-2``) and empty nodes (``1.1``) are no words. Blanks divide nothing but
columns: a no-break or ideographic space is part of its word, and so is a blank between tabs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path

from textrnn.corpora.files.reading import Line, file_ending, is_pipe, read_lines, source_name
from textrnn.corpora.formats.schemes import is_tag
from textrnn.corpora.formats.tag_columns import TagColumns
from textrnn.errors import InputError

DOCUMENT_START = "-DOCSTART-"
_CONLLU_COLUMNS = 10
_CONLLU_ID = re.compile(r"\d+(?:[-.]\d+)?")
_COUNT = re.compile(r"([0-9]{1,9})[.)]?")  # what counts a word: 7, or 7. as lists have it
_MOST = 0.9  # of the sentences count their words, if the first column is to be an index
_PEEKED_SENTENCES = 50  # by which the columns of a file are told; of a pipe it is the first alone
# What a comment looks like: '# …', a lone '#', '#key = value'.
_COMMENT = re.compile(r"#+(?:\s|$)|#+\s*[\w.:-]+\s*=|#(?:begin|end) document\b")
_KEY_OF_COMMENT = re.compile(r"#+\s*(?:[\w.:-]+\s*=|newdoc\b|newpar\b|(?:begin|end) document\b)")
_WORD_NAMES = ("word", "words", "token", "tokens", "form")  # of a header
_TAG_NAMES = ("tag", "tags", "ner", "ner_tag", "ner_tags", "label", "labels", "entity")
_NAMED_ENTITY_KEYS = ("name", "ner", "ne", "entity", "netag", "nertag", "tag")

OnNote = Callable[[str], None]


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


@dataclass(frozen=True)
class _Layout:
    """How a file's lines are to be read.

    Attributes:
        tabs: whether tabs divide the columns.
        width: columns of a line; 0 where there are no lines.
        tagged: whether the last column is a tag.
        index: whether the first column counts the words.
        conllu: whether it does so as CoNLL-U has it.
    """

    tabs: bool = False
    width: int = 0
    tagged: bool = False
    index: bool = False
    conllu: bool = False


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
    header = peeked[0].pop(0) if peeked and _is_header(peeked[0][0]) else None
    layout = _layout(peeked, path, tagged=tagged)
    if header is not None and on_note is not None:
        on_note(f"{source_name(path)}: line {header.number} names the columns and is left out")
    if layout.index and not layout.conllu and on_note is not None:
        on_note(
            f"{source_name(path)}: column 1 counts the words (1, 2, 3, …): the words are read from "
            "column 2"
        )
    above, columns = list[str](), TagColumns()
    for block in chain(peeked, blocks):
        rows: list[Row] = []
        for line in block:
            if _is_document_start(line):
                above.append(DOCUMENT_START)
            elif _is_comment(line.text, layout):
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
            if kept and _is_document_start(line):
                yield kept
                kept = []
            kept.append(line)
        yield kept


def _is_document_start(line: Line) -> bool:
    return line.text.startswith(DOCUMENT_START)


def _is_header(line: Line) -> bool:
    cells = [cell.casefold() for cell in _cells(line.text, 0)]
    return cells[0] in _WORD_NAMES and cells[-1] in _TAG_NAMES


def _peek(blocks: Iterator[list[Line]], sentences: int) -> list[list[Line]]:
    """The first runs, until so many of them hold more than comments."""
    peeked: list[list[Line]] = []
    for block in blocks:
        peeked.append(block)
        sentences -= bool(_candidates(block))
        if sentences == 0:
            break
    return peeked


def _candidates(lines: Sequence[Line]) -> list[Line]:
    """The lines that hold words for sure."""
    return [
        line for line in lines if not _is_document_start(line) and not _COMMENT.match(line.text)
    ]


def _layout(blocks: Sequence[Sequence[Line]], path: str | Path, *, tagged: bool) -> _Layout:
    """Tell the columns by the file's first sentences."""
    lines = [line for block in blocks for line in block]
    sure = _candidates(lines) or [
        line
        for line in lines
        if not _is_document_start(line) and not _KEY_OF_COMMENT.match(line.text)
    ]
    if not sure:
        return _Layout()
    layout = _Layout(tabs=any("\t" in line.text.strip() for line in sure), width=_width(sure))
    if _is_conllu(next(filter(None, map(_candidates, blocks)), []), layout, path):
        return replace(layout, index=True, conllu=True)
    layout = replace(
        layout,
        tagged=tagged or all(is_tag(_cells(line.text, layout.width)[-1]) for line in sure),
    )
    sentences = [
        [
            _cells(line.text, layout.width)
            for line in block
            if not _is_document_start(line) and not _is_comment(line.text, layout)
        ]
        for block in blocks
    ]
    return replace(layout, index=_have_index([rows for rows in sentences if rows], layout))


def _width(lines: Sequence[Line]) -> int:
    """The columns of a line: of the first, if several tabs are not one border in all."""
    apart = [_cells(line.text, 0) for line in lines]
    together = {sum(map(bool, cells[1:])) + 1 for cells in apart}
    return together.pop() if len(together) == 1 else len(apart[0])


def _is_conllu(lines: Sequence[Line], layout: _Layout, path: str | Path) -> bool:
    """Whether the lines of a sentence, or most of them, are CoNLL-U's."""
    wide = layout.tabs and layout.width == _CONLLU_COLUMNS
    named = file_ending(path) == ".conllu" and layout.width > 1
    numbered = [bool(_CONLLU_ID.fullmatch(_cells(line.text, layout.width)[0])) for line in lines]
    return (wide or named) and 2 * sum(numbered) > len(numbered)


def _have_index(sentences: Sequence[Sequence[Sequence[str]]], layout: _Layout) -> bool:
    """Whether the first column counts: in most sentences from 1 or 0 or on from the last one, or
    in all from anywhere, with words beside it that are not all numbers.
    """
    if layout.width < (3 if layout.tagged else 2) or max(map(len, sentences), default=0) < 2:
        return False
    if len({row[1] for rows in sentences for row in rows if len(row) > 1}) < 2:
        return False  # the words of a sentence differ, unlike a column that says "number" of each
    after, counted, steady = 1, 0, 0
    for rows in sentences:
        counts = [int(found[1]) for row in rows if (found := _COUNT.fullmatch(row[0]))]
        if len(counts) < len(rows):
            continue
        by_one = counts == list(range(counts[0], counts[0] + len(counts)))
        steady += by_one
        counted += by_one and counts[0] in (0, 1, after)
        after = counts[0] + len(counts)
    words = (row[1] for rows in sentences for row in rows if len(row) > 1)
    if steady == len(sentences) and not all(map(_COUNT.fullmatch, words)):
        return True
    return counted >= _MOST * len(sentences)


def _is_comment(text: str, layout: _Layout) -> bool:
    """Whether a line is a comment: it looks like one, and not like a word's row.

    ``#`` is a word where it has the columns that the other words have, with a tag at the end where
    they have one.
    """
    if not text.startswith("#") or not _COMMENT.match(text):
        return False
    cells = _cells(text, layout.width)
    if layout.width == 1:
        return text.strip() != "#"
    if layout.tagged:
        return not is_tag(cells[-1]) or len(cells) not in (2, layout.width)
    return len(cells) != layout.width or bool(_KEY_OF_COMMENT.match(text))


def _cells(text: str, width: int) -> list[str]:
    """A line's columns; several tabs are one border where that gives ``width`` columns."""
    text = text.rstrip(" \t")
    if "\t" not in text:
        return re.split(" +", text) if "  " in text else text.split(" ")
    cells = [cell.strip(" ") for cell in text.split("\t")]
    if len(cells) != width:
        filled = [cells[0], *filter(None, cells[1:])]
        if len(filled) == width:
            return filled
    return cells


def _row(line: Line, layout: _Layout, *, tagged: bool) -> Row | None:
    """A word's row, from the word on; None for what CoNLL-U has besides words.

    Raises:
        InputError: there is no word, or it cannot be told from what follows it.
    """
    cells = _cells(line.text, layout.width)
    if layout.conllu:
        if not _CONLLU_ID.fullmatch(cells[0]) or len(cells) < 2:
            raise _error(line, "expected CoNLL-U, a number and a word")
        if not cells[0].isdigit():
            return None
    elif layout.index and not _COUNT.fullmatch(cells[0]):
        raise _error(line, "column 1 counted the words so far (1, 2, 3, …), here it does not")
    elif not tagged:
        _check_width(line, cells, layout)
    cells = cells[1:] if layout.index else cells
    if not cells or not cells[0]:
        column = "column 2" if layout.index else "the first column"
        raise _error(line, f"{column}, the word, is empty")
    if layout.conllu and tagged:
        cells = [cells[0], _conllu_tag(cells[-1])]
    return Row(tuple(cells), line)


def _check_width(line: Line, cells: Sequence[str], layout: _Layout) -> None:
    """Where words alone are wanted, see that no blank cuts one in two."""
    if len(cells) == (1 if layout.tabs else layout.width) or "\t" in line.text.rstrip():
        return
    if not (layout.tagged and len(cells) == layout.width and is_tag(cells[-1])):
        columns = "tabs" if layout.tabs else f"{layout.width} columns"
        raise _error(
            line,
            f"{len(cells)} columns; expected {columns}, as before (where a word holds a blank, "
            "divide the columns by tabs)",
        )


def _error(line: Line, what: str) -> InputError:
    return InputError(f"{source_name(line.source)}: line {line.number}: {what}: {line.text[:80]!r}")


def _conllu_tag(values: str) -> str:
    """The tag among the values of CoNLL-U's last column; an empty string where there is none."""
    if is_tag(values):
        return values
    for pair in values.split("|"):
        key, _, value = pair.partition("=")
        if key.lower() in _NAMED_ENTITY_KEYS and is_tag(value):
            return value
    return ""

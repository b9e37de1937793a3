"""How the columns of a CoNLL file are to be read, told by its first sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from textrnn.corpora.files.opening import file_ending
from textrnn.corpora.files.reading import Line
from textrnn.corpora.formats.tagged.index_columns import CONLLU_ID, IndexColumns, tell_index
from textrnn.corpora.formats.tagged.schemes import is_tag

DOCUMENT_START = "-DOCSTART-"
_CONLLU_COLUMNS = 10
# What a comment looks like: '# …', a lone '#', '#key = value'.
_COMMENT = re.compile(r"#+(?:\s|$)|#+\s*[\w.:-]+\s*=|#(?:begin|end) document\b")
_KEY_OF_COMMENT = re.compile(r"#+\s*(?:[\w.:-]+\s*=|newdoc\b|newpar\b|(?:begin|end) document\b)")
# What the tag of a word looks like, of whatever kind: B-PER, NNP, nr, 7, _, Case=Nom|Number=Sing.
_TAG_LIKE = re.compile(r"[A-Za-z]-\S+|[A-Z][A-Z0-9:$*_|+-]*|[a-z]{1,2}|[\W\d_]+|\S*[=|]\S*")
_FEW = 0.25  # different ones among the cells of a column, if they are tags of an unknown kind
_WORD_NAMES = ("word", "words", "token", "tokens", "form")  # of a header
_TAG_NAMES = ("tag", "tags", "ner", "ner_tag", "ner_tags", "label", "labels", "entity")


@dataclass(frozen=True)
class Layout:
    """How a file's lines are to be read.

    Attributes:
        tabs: whether tabs divide the columns.
        width: columns of a line; 0 where there are no lines.
        tagged: whether the last column is a tag.
        index: the columns before the word, which count; None where there are none.
        conllu: whether the first counts as CoNLL-U has it.
        bare: whether blanks divide columns of which none looks like tags: a line may be a sentence.
    """

    tabs: bool = False
    width: int = 0
    tagged: bool = False
    index: IndexColumns | None = None
    conllu: bool = False
    bare: bool = False

    def cells(self, text: str) -> list[str]:
        """The columns of a line."""
        return _cells(text, self.width)

    def is_comment(self, text: str) -> bool:
        """Whether a line is a comment: it looks like one, and not like a word's row.

        ``#`` is a word where it has the columns that the other words have, with a tag at the end
        where they have one.
        """
        if not text.startswith("#") or not _COMMENT.match(text):
            return False
        cells = self.cells(text)
        if self.width == 1:
            return text.strip() != "#"
        if self.tagged:
            return not is_tag(cells[-1]) or len(cells) not in (2, self.width)
        return len(cells) != self.width or bool(_KEY_OF_COMMENT.match(text))


def tell_layout(blocks: Sequence[Sequence[Line]], path: str | Path, *, tagged: bool) -> Layout:
    """Tell the columns by a file's first sentences.

    Args:
        blocks: their lines.
        path: the file, whose ending may tell something, too.
        tagged: whether the last column is known to be a tag.
    """
    lines = [line for block in blocks for line in block]
    sure = sure_words(lines) or [
        line
        for line in lines
        if not is_document_start(line) and not _KEY_OF_COMMENT.match(line.text)
    ]
    if not sure:
        return Layout()
    layout = Layout(tabs=any("\t" in line.text.strip() for line in sure), width=_width(sure))
    if _is_conllu(next(filter(None, map(sure_words, blocks)), []), layout, path):
        return replace(layout, index=IndexColumns(), conllu=True)
    layout = replace(
        layout,
        tagged=tagged or all(is_tag(layout.cells(line.text)[-1]) for line in sure),
    )
    sentences = [
        [
            layout.cells(line.text)
            for line in block
            if not is_document_start(line) and not layout.is_comment(line.text)
        ]
        for block in blocks
    ]
    rows = [rows for rows in sentences if rows]
    index = tell_index(rows, layout.width, tagged=layout.tagged)
    bare = not layout.tabs and index is None and not _have_tags(list(chain(*rows)), layout.width)
    return replace(layout, index=index, bare=bare)


def is_document_start(line: Line) -> bool:
    """Whether a line is ``-DOCSTART-``, with columns or without."""
    return line.text.startswith(DOCUMENT_START)


def is_header(line: Line) -> bool:
    """Whether a line names the columns."""
    cells = [cell.casefold() for cell in _cells(line.text, 0)]
    return cells[0] in _WORD_NAMES and cells[-1] in _TAG_NAMES


def sure_words(lines: Sequence[Line]) -> list[Line]:
    """The lines that hold words for sure."""
    return [line for line in lines if not is_document_start(line) and not _COMMENT.match(line.text)]


def _width(lines: Sequence[Line]) -> int:
    """The columns of a line: of the first, if several tabs are not one border in all."""
    apart = [_cells(line.text, 0) for line in lines]
    together = {sum(map(bool, cells[1:])) + 1 for cells in apart}
    return together.pop() if len(together) == 1 else len(apart[0])


def _have_tags(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a column beside the word looks like tags of any kind, or there is none."""
    columns = [[row[number] for row in rows if number < len(row)] for number in range(1, width)]
    return not columns or any(
        len(set(cells)) <= _FEW * len(cells) or all(map(_TAG_LIKE.fullmatch, cells))
        for cells in columns
    )


def _is_conllu(lines: Sequence[Line], layout: Layout, path: str | Path) -> bool:
    """Whether the lines of a sentence, or most of them, are CoNLL-U's."""
    wide = layout.tabs and layout.width == _CONLLU_COLUMNS
    named = file_ending(path) == ".conllu" and layout.width > 1
    numbered = [bool(CONLLU_ID.fullmatch(layout.cells(line.text)[0])) for line in lines]
    return (wide or named) and 2 * sum(numbered) > len(numbered)


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

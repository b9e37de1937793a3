"""Quoted cells of tables, which hold dividers, line ends and doubled quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textrnn.corpora.files.reading import MAX_CHARACTERS, Line
from textrnn.errors import InputError

_OPENING = re.compile(r' *"')
_CLOSING = re.compile(r'([^"]*(?:""[^"]*)*)"(?!")')
_DOUBLED = re.compile(r'"([^"]*(?:""[^"]*)+)"')  # a cell that can only be quoted


def is_open(cell: str) -> bool:
    """Whether a cell opens a quote that it does not close."""
    return cell.startswith('"') and cell.count('"') % 2 == 1


def unquoted(cell: str) -> str:
    """What a cell says, which is quoted where it has doubled quotes."""
    found = _DOUBLED.fullmatch(cell)
    return found.group(1).replace('""', '"') if found else cell


def quoted_cells(line: Line, more: Iterator[Line], divider: str) -> list[str]:
    """The cells of the row that begins with a line, which may go on over the next ones."""
    cells, text, at = [], line.text, 0
    while at <= len(text):
        cell: str | None = None
        opening = _OPENING.match(text, at)
        if opening is not None:
            cell, after, rest = _quoted(text, opening.end(), more, line.place)
            end = _end(rest, after, divider)
            left = rest[after:end]
            if not left.strip():
                text = rest
            elif opening.group() == '"':
                raise InputError(
                    f"{line.place}: {left.strip()[:40]!r} stands after a closing quote; double the "
                    "quotes within a quoted text"
                )
            elif rest is not text:
                raise InputError(f"{line.place}: a quote is opened in this row and never closed")
            else:  # blanks and a quotation: no quoted cell
                cell = None
        if cell is None:
            end = _end(text, at, divider)
            cell = text[at:end]
        cells.append(cell)
        at = end + len(divider)
    return cells


def _end(text: str, begin: int, divider: str) -> int:
    found = text.find(divider, begin)
    return len(text) if found < 0 else found


def _quoted(text: str, at: int, more: Iterator[Line], place: str) -> tuple[str, int, str]:
    """A quoted cell, where it ends, and the line on which it does."""
    pieces: list[str] = []
    size = 0
    while (closing := _CLOSING.match(text, at)) is None:
        pieces.append(text[at:])
        size += len(text) - at + 1
        line = next(more, None)
        if line is None or size > MAX_CHARACTERS:
            raise InputError(f"{place}: a quote is opened in this row and never closed")
        text, at = line.text, 0
    pieces.append(closing.group(1))
    return "\n".join(pieces).replace('""', '"'), closing.end(), text

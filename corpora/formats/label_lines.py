"""A label and a text a line: ``1 what a film``, or as fastText has it, ``__label__x , text``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from textrnn.corpora.files.reading import Line, read_lines
from textrnn.corpora.formats.record import Record
from textrnn.errors import InputError

_FAST_TEXT = "__label__"  # what fastText puts before labels
_FAST_TEXT_LINE = re.compile(r"__label__([^\s,]+)\s*[\s,]\s*(\S.*)", re.DOTALL)
_LABEL_LINE = re.compile(r"(\S+)\s+(.*)", re.DOTALL)


def read_label_lines(
    path: str | Path, *, encoding: str = "utf-8", bare: bool = False
) -> Iterator[Record]:
    """Read records of a ``text`` and its ``label``; blank lines are skipped.

    Args:
        path: a file, or ``-``.
        encoding: of the file.
        bare: whether a line without fastText's mark is a text alone.

    Raises:
        InputError: the file cannot be read, or a line has no label, or several.
    """
    for line in read_lines(path, encoding=encoding):
        if bare and line.text.strip() and not line.text.lstrip().startswith(_FAST_TEXT):
            yield Record({"text": line.text}, line.number, line.source)
        elif line.text.strip():
            yield _label_and_text(line)


def _label_and_text(line: Line) -> Record:
    text = line.text.strip()
    marked = text.startswith(_FAST_TEXT)
    found = (_FAST_TEXT_LINE if marked else _LABEL_LINE).fullmatch(text)
    if found is None:
        raise InputError(f"{line.place}: expected a label, a space and a text: {line.text!r:.60}")
    label, text = found.groups()
    if marked and text.startswith(_FAST_TEXT):
        raise InputError(f"{line.place}: several labels; a text may have one: {line.text!r:.60}")
    return Record({"text": text, "label": label}, line.number, line.source)

"""JSON lines: a value a line, blank lines apart. Every file of such lines is read here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textrnn.corpora.files.reading import Line, read_lines
from textrnn.corpora.formats.json_text import parse_json
from textrnn.corpora.formats.record import Record, RecordOptions, json_record


def read_json_lines(
    path: str | Path, *, encoding: str = "utf-8", halves: str = "mend", odd: bool = False
) -> Iterator[tuple[Any, Line]]:
    """Read the values of a file.

    Args:
        path: a file, or ``-``.
        encoding: of the file.
        halves: as in :func:`textrnn.corpora.parse_json`, like ``odd``.
        odd: whether NaN is null rather than no JSON.

    Yields:
        Each value, and the line on which it stands.

    Raises:
        InputError: the file cannot be read, or a line is no JSON; the message names it.
    """
    for line in read_lines(path, encoding=encoding):
        if line.text.strip():
            yield parse_json(line.text, line.place, halves=halves, odd=odd), line


def json_line_records(path: str | Path, options: RecordOptions) -> Iterator[Record]:
    """The records of a file, an object a line.

    Raises:
        InputError: as :func:`read_json_lines`; or a value is no object.
    """
    odd = options.odd
    lines = read_json_lines(path, encoding=options.encoding, halves=options.halves, odd=odd)
    for value, line in lines:
        yield json_record(value, line.number, line.source, "line", odd=odd)

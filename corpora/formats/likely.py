"""What a file that is read as plain lines looks like: records have their own ways of beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from textrnn.corpora.files.reading import Line
from textrnn.corpora.formats.json_text import parse_json
from textrnn.corpora.formats.record import TEXT_NAMES
from textrnn.corpora.formats.tables import begins_table
from textrnn.errors import InputError

L = TypeVar("L", bound=Line)

_SPOKEN = {"jsonl": "JSON lines", "json": "JSON", "csv": "CSV", "tsv": "TSV"}
_BEGIN_JSON = ("[", "{", "[{")  # alone on its first line


def watched(lines: Iterator[L], on_likely: Callable[[str], object]) -> Iterator[L]:
    """The same lines, none held back, of which the first two that are not blank are looked at.

    Args:
        lines: of a file.
        on_likely: told the one of RECORD_FORMATS that they look like, before the line that shows it
            is given; not called where they look like none.

    Example:
        >>> lines = [Line('{"text": "fine"}', 1, "a.log"), Line('{"text": "awful"}', 2, "a.log")]
        >>> len(list(watched(iter(lines), print)))
        jsonl
        2
    """
    first = ""
    for line in lines:
        form, text = "", line.text
        if text.strip():
            form = begins_table(first, text, TEXT_NAMES) if first else _json_format(text)
        if form:
            on_likely(form)
        yield line
        if form or (first and text.strip()):
            break
        first = first or text.strip()
    yield from lines


def likely_note(name: str, form: str) -> str:
    """What to say of a file that is read as lines and looks like another format."""
    return (
        f"{name}: looks like {_SPOKEN[form]} and is read as plain lines; format={form!r} reads its "
        "records"
    )


def _json_format(line: str) -> str:
    """The format that a line of JSON begins; empty of any other line."""
    line = line.strip()
    if line in _BEGIN_JSON:
        return "json"
    if not line.startswith(("{", "[")):
        return ""
    try:
        value = parse_json(line, "", halves="keep", odd=True)
    except InputError:
        return ""
    if isinstance(value, dict):
        return "jsonl"
    return "json" if value and all(isinstance(one, dict) for one in value) else ""

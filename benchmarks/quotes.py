"""Figures that documents quote from results.json: ``report.py --quote`` writes them anew.

A figure is followed by a comment, which no reader sees, that names what it is of::

    answers in 0.3<!-- results: Start-up/textrnn classify/s --> seconds

The table's name, the row's, and a column: the table's unit, ``least``, ``most``, ``times`` (as fast
as that row the first one is), ``MB``, or a further column. Of a table without rows, as that of the
stream, a number that it names stands behind the table's name: ``Stream/seconds in all``. A figure
keeps the digits that it has behind the point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_MARK = re.compile(r"(?P<figure>\d[\d,]*(?:\.\d+)?)<!-- results: (?P<of>.+?) -->")
_COLUMNS = {"least": "least", "most": "most", "times": "ahead", "MB": "memory_mb"}

Entry = Mapping[str, Any]


def documents() -> Iterator[Path]:
    """The files that may quote figures."""
    yield from sorted(ROOT.glob("README*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def quote(text: str, entries: Sequence[Entry]) -> str:
    """A document with its figures as they were measured last."""

    def measured(match: re.Match[str]) -> str:
        decimals = len(match["figure"].partition(".")[2])
        figure = f"{figure_of(match['of'], entries):,.{decimals}f}"
        return figure + match[0].removeprefix(match["figure"])

    return _MARK.sub(measured, text)


def figure_of(name: str, entries: Sequence[Entry]) -> float:
    """A figure by its name in a comment.

    Raises:
        KeyError: nothing of that name was measured.
    """
    table, _, rest = name.partition("/")
    row_name, _, column = rest.partition("/")
    for entry in entries:
        if name_of(entry) != table:
            continue
        if rest in entry.get("facts", {}):
            return float(entry["facts"][rest])
        for row in entry.get("rows", []):
            known = {entry["unit"]: row["median"], **row["more"]}
            known |= {said: row[key] for said, key in _COLUMNS.items()}
            if row["name"] == row_name and known.get(column) is not None:
                return float(known[column])
    raise KeyError(f"results.json has no {name}")


def name_of(entry: Entry) -> str:
    """A table's name: its title as far as its colon."""
    return str(entry["title"]).partition(":")[0]

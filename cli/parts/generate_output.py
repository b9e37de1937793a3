"""The texts that ``generate`` writes on from one seed, as they come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from textrnn.cli.parts.output import open_output
from textrnn.cli.parts.record_output import write_json_array
from textrnn.corpora import json_line

if TYPE_CHECKING:
    from textrnn.heads.generator.result import Generation
    from textrnn.heads.written import Written

FORMATS = ("text", "jsonl", "json", "parquet")
ENDINGS = {".txt": "text", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
           ".parquet": "parquet"}  # fmt: skip
BETWEEN = "---"  # texts, in text files and on the screen


class Ended:
    """Counts the texts that ended before anything was written, or broke off."""

    def __init__(self) -> None:
        self._all = self._blocked = self._empty = 0

    def add(self, result: Generation) -> None:
        """Count one."""
        is_blocked = result.finish == "blocked"
        self._all += 1
        self._blocked += is_blocked
        self._empty += not is_blocked and not result.continuation

    def lines(self) -> Iterator[str]:
        """The notes."""
        if self._blocked:
            yield (
                f"{self._blocked:,} of {self._all:,} texts broke off: every next token was ruled "
                "out by bans, form or rhyme"
            )
        if self._empty:
            yield f"{self._empty:,} of {self._all:,} texts ended at once: nothing was written"


def write_generated(
    news: Iterator[Written[Generation]], output: Path | None, *, form: str, seed: str
) -> list[Generation]:
    """Write the texts that go on from a seed, as they come where the format allows it.

    Args:
        news: of the texts.
        output: the file to write; None for standard output.
        form: one of FORMATS.
        seed: what they go on from.

    Returns:
        The texts.
    """
    from textrnn.heads.generator.writing import in_order

    if form in ("json", "parquet"):
        results = in_order(news)
        _write_whole(results, output, form)
        return results
    with open_output(output) as file:
        if form == "jsonl":
            return list(_write_jsonl(news, file))
        return list(_write_text(news, file, seed, live=output is None))


def _write_text(
    news: Iterator[Written[Generation]], file: TextIO, seed: str, *, live: bool
) -> Iterator[Generation]:
    """Write texts in their order, the one whose turn it is as it comes."""
    waiting: dict[int, list[str]] = {}
    finished: set[int] = set()
    turn, begun = 0, False
    for written in news:
        waiting.setdefault(written.number, []).append(written.piece)
        if written.result is not None:
            finished.add(written.number)
        while turn in waiting:
            if not begun:
                file.write(f"{BETWEEN}\n" * (turn > 0) + seed)
                begun = True
            file.write("".join(waiting.pop(turn)))
            if turn in finished:
                file.write("\n")
                turn, begun = turn + 1, False
        if live:
            file.flush()
        if written.result is not None:
            yield written.result


def _write_jsonl(news: Iterator[Written[Generation]], file: TextIO) -> Iterator[Generation]:
    """A line a text, in order."""
    waiting: dict[int, Generation] = {}
    turn = 0
    for written in news:
        if written.result is None:
            continue
        waiting[written.number] = written.result
        while turn in waiting:
            result = waiting.pop(turn)
            file.write(json_line(result.as_dict()) + "\n")
            file.flush()
            turn += 1
            yield result


def _write_whole(results: list[Generation], output: Path | None, form: str) -> None:
    """Write the texts of one seed as a JSON array or as Parquet."""
    from textrnn.corpora.files.writing import open_binary_output
    from textrnn.corpora.formats.parquet import ParquetColumns, arrow_schema, write_parquet
    from textrnn.heads.generator.generator import Generator

    if form == "json":
        with open_output(output) as file:
            write_json_array((result.as_dict() for result in results), file)
        return
    assert output is not None
    schema = arrow_schema({"text": "text", **Generator.column_kinds((), {})})
    with open_binary_output(output) as binary:
        write_parquet(binary, (({}, r.as_dict()) for r in results), ParquetColumns({}, {}, schema))

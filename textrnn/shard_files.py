"""Shards on the disk: found in folders and patterns, and their answers written in one piece."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.corpora import file_ending, json_line, record_format, unpacked_name
from textrnn.corpora.outputs import identity
from textrnn.corpora.parquet import ParquetColumns, write_parquet
from textrnn.corpora.writing import PartialFile, resolve
from textrnn.errors import InputError

ANSWERED = "answered.log"  # in a folder of answers: a line of JSON for each shard
PARQUET = ".parquet"

Answered = tuple[Mapping[str, Any], dict[str, Any]]  # a record, and the answer to its text


@dataclass(frozen=True)
class Shard:
    """A file of texts, and the file of their answers.

    Attributes:
        source: the texts.
        target: the answers.
        name: what the texts' file is called in answers and messages; by default its path.
    """

    source: Path
    target: Path
    name: str = ""

    def __str__(self) -> str:
        return self.name or str(self.source)


def find_shards(
    inputs: Sequence[str], folder: Path, on_left_out: Callable[[Path], None] = lambda path: None
) -> list[Shard]:
    """The shards that files, folders and patterns mean, in order, without repeats.

    Args:
        inputs: paths or patterns as ``data/**/*.jsonl``; of a folder all texts and records in it at
            any depth (.txt, .csv, .tsv, .jsonl, .ndjson, .json, .parquet), packed or not.
        folder: where the answers go, under the same names. What lies in it, or in a folder of
            another run's answers, is no shard.
        on_left_out: called with each other file of a folder.

    Raises:
        InputError: there is nothing there, or two shards would have one file of answers.
    """
    met: set[Path] = set()
    targets: dict[Path, Path] = {}
    answers = resolve(folder)
    for given in inputs:
        matches = list(_matches(given))
        if not matches:
            raise InputError(f"{given}: there is no such file or folder")
        found = [
            (source, where, name)
            for path, within in matches
            for source, name in _shards_below(path, within, on_left_out)
            if answers not in (where := source.resolve()).parents
        ]
        if not found:
            raise InputError(
                f"{given}: there are no shards (.txt, .csv, .tsv, .jsonl, .ndjson, .json, .parquet)"
                f" there outside {folder}"
            )
        for source, where, name in found:
            if where in met:
                continue
            target = folder / name.with_name(_target_name(name.name))
            if target in targets:
                raise InputError(
                    f"{targets[target]} and {source} would both be answered in {target}"
                )
            met.add(where)
            targets[target] = source
    read = {identity(source) for source in targets.values()}
    for target in targets:
        if (found_there := identity(target)) and found_there in read:
            raise InputError(f"{target}: is a link to what is read; name another folder")
    return [Shard(source, target) for target, source in targets.items()]


def _matches(given: str) -> Iterator[tuple[Path, Path]]:
    """Files and folders, each with its name within what was given."""
    path = Path(given)
    if path.exists():
        yield path, Path() if path.is_dir() else Path(path.name)
        return
    # What lies before the first wildcard is the same in all.
    parts = path.parts
    first = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    for match in sorted(glob.glob(given, recursive=True)):
        yield Path(match), Path(match).relative_to(Path(*parts[:first]))


def _shards_below(
    path: Path, within: Path, on_left_out: Callable[[Path], None]
) -> Iterator[tuple[Path, Path]]:
    """A file, or the files of a folder that are no answers, with their names."""
    if not path.is_dir():
        if not path.is_file():
            raise InputError(f"{path}: a pipe or a device, which is no shard; name a file")
        yield path, within
        return
    answers = {note.parent for note in path.rglob(ANSWERED)}
    for file in sorted(path.rglob("*")):
        if file.is_dir() or not answers.isdisjoint(file.parents):
            continue
        is_known = record_format(file) is not None or file_ending(file) == ".txt"
        if is_known and file.is_file():
            yield file, within / file.relative_to(path)
        else:
            on_left_out(file)


def _target_name(name: str) -> str:
    ending = PARQUET if record_format(name) == "parquet" else ".jsonl"
    return Path(unpacked_name(name)).stem + ending


def write_shard(
    path: Path,
    answered: Iterable[Answered],
    *,
    columns: ParquetColumns | None,
    joined: Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]],
) -> None:
    """Write a shard, whole or not at all.

    Args:
        path: the shard.
        answered: records and the answers to their texts.
        columns: of Parquet; None for JSON lines.
        joined: makes one record of both, for JSON lines.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with PartialFile(path, tidy=False) as partial:
        if columns is not None:
            write_parquet(partial.file, answered, columns)
        else:
            for record, answer in answered:
                # Half a pair of surrogates, as names of files hold it and UTF-8 cannot, is escaped.
                text = json_line(joined(record, answer)) + "\n"
                partial.file.write(text.encode("utf-8", "backslashreplace"))
        partial.publish()

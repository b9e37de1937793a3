"""Shards on the disk: found in folders and patterns, and their answers written in one piece."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.corpora import file_ending, json_line, record_format, unpacked_name
from textrnn.corpora.files.outputs import identity
from textrnn.corpora.files.writing import PartialFile, resolve
from textrnn.corpora.formats.parquet import ParquetColumns, write_parquet
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
            any depth (.txt, .csv, .tsv, .jsonl, .ndjson, .json, .parquet), packed or not, and not
            hidden by a dot.
        folder: where the answers go, under the same names. What lies in it, or in a folder of
            another run's answers, is no shard. ``a.csv`` is answered in ``a.jsonl``; where there is
            ``a.txt``, too, in ``a.csv.jsonl``.
        on_left_out: called with each other file of a folder.

    Raises:
        InputError: there is nothing there outside the answers, or two shards would have one file of
            answers.
    """
    answers = resolve(folder)
    names: dict[Path, tuple[Path, Path]] = {}  # by where they lie: as they were named, and within
    for given in inputs:
        matches = list(_matches(given))
        if not matches:
            raise InputError(f"{given}: there is no such file or folder")
        found = [
            (source.resolve(), source, name)
            for path, within in matches
            for source, name in _shards_below(path, within, on_left_out)
        ]
        if not found:
            raise InputError(
                f"{given}: there are no shards (.txt, .csv, .tsv, .jsonl, .ndjson, .json, .parquet)"
                " there"
            )
        outside = [shard for shard in found if answers not in shard[0].parents]
        if not outside:
            raise InputError(
                f"{folder}: the answers may not lie where {given} is read; name another folder"
            )
        for where, source, name in outside:
            names.setdefault(where, (source, name))
    targets = _targets(names.values(), folder)
    read = {identity(source) for source in targets.values()}
    for target in targets:
        if (found_there := identity(target)) and found_there in read:
            raise InputError(f"{target}: is a link to what is read; name another folder")
    return [Shard(source, target) for target, source in targets.items()]


def _targets(shards: Collection[tuple[Path, Path]], folder: Path) -> dict[Path, Path]:
    """The shards by the files of their answers; those of ``a.csv`` and ``a.txt`` keep the endings.

    Raises:
        InputError: two would have one file of answers.
    """
    short = Counter(_target(folder / name) for _, name in shards)
    targets: dict[Path, Path] = {}
    for source, name in shards:
        target = _target(folder / name)
        if short[target] > 1:
            if target.exists():
                raise InputError(
                    f"{target}: has the answers of one file only, where {source} is not the only "
                    "one of that name; name another folder"
                )
            target = target.with_name(name.name + target.suffix)
        if target in targets:
            raise InputError(
                f"{targets[target]} and {source} would both be answered in {target}; rename one, "
                "or name a folder that holds both"
            )
        targets[target] = source
    return targets


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
        name = file.relative_to(path)
        is_hidden = any(part.startswith(".") for part in name.parts)
        is_known = record_format(file) is not None or file_ending(file) == ".txt"
        if is_known and not is_hidden and file.is_file():
            yield file, within / name
        else:
            on_left_out(file)


def _target(path: Path) -> Path:
    ending = PARQUET if record_format(path) == "parquet" else ".jsonl"
    return path.with_name(Path(unpacked_name(path.name)).stem + ending)


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

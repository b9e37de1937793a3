"""Many files through a model: each a shard, whose answers appear when they are whole.

A shard is a text (each line that is not blank a record), JSON lines, or Parquet; its answers are
JSON lines, of Parquet Parquet again. The folder of answers keeps a note of each shard that was
answered; one that has not changed since is left alone, so that a run that was stopped goes on where
it was.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from textrnn.catalog import load
from textrnn.corpora import file_ending, unpacked_name
from textrnn.corpora.writing import identity
from textrnn.errors import InputError, TextRNNError
from textrnn.heads.classifier import Classifier
from textrnn.heads.tagger import Tagger
from textrnn.runtime.stream import with_answers
from textrnn.shard_files import (
    PARQUET,
    Record,
    load_pyarrow,
    open_parquet,
    read_records,
    write_records,
)

ANSWERED = "answered.log"  # in a folder of answers: a line of JSON for each shard
_ENDINGS = (".txt", ".jsonl", ".ndjson", PARQUET)  # what is taken of a folder


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


@dataclass(frozen=True)
class ShardReport:
    """What became of a shard.

    Attributes:
        source: the path of the shard.
        target: that of its answers.
        name: what the shard is called.
        bytes, modified_ns: of the shard when it was opened, by which a change is noticed.
        records: how many answers there are.
        error: why there are none; empty where there are.
    """

    source: str
    target: str
    name: str = ""
    bytes: int = 0
    modified_ns: int = 0
    records: int = 0
    error: str = ""


@dataclass(frozen=True)
class ShardSettings:
    """What is done with every text.

    Attributes:
        model: a shipped model's name or a bundle.
        task: ``classifier`` or ``tagger``.
        text_field: where the text of a record of JSON or Parquet stands.
        encoding: of texts.
        threads: for the network; None for all cores.
        options: keyword arguments of ``classify_stream`` or ``tag_stream``.
        labels: of a tagger, the labels to keep; None for all.
        min_probability: of a tagger; less probable entities are left out.
    """

    model: str
    task: str
    text_field: str = "text"
    encoding: str = "utf-8"
    threads: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] | None = None
    min_probability: float = 0.0


def find_shards(inputs: Sequence[str], folder: Path) -> list[Shard]:
    """The shards that files, folders and patterns mean, in order, without repeats.

    Args:
        inputs: paths or patterns as ``data/**/*.jsonl``; of a folder all .txt, .jsonl, .ndjson and
            .parquet in it at any depth, packed or not.
        folder: where the answers go, under the same names. What lies in it, or in a folder of
            another run's answers, is no shard.

    Raises:
        InputError: there is nothing there, or two shards would have one file of answers.
    """
    met: set[Path] = set()
    targets: dict[Path, Path] = {}
    answers = folder.resolve()
    for given in inputs:
        matches = list(_matches(given))
        if not matches:
            raise InputError(f"{given}: there is no such file or folder")
        found = [
            (source, where, name)
            for path, within in matches
            for source, name in _shards_below(path, within)
            if answers not in (where := source.resolve()).parents
        ]
        if not found:
            raise InputError(
                f"{given}: there are no shards (.txt, .jsonl, .ndjson, .parquet) there outside "
                f"{folder}"
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


def _shards_below(path: Path, within: Path) -> Iterator[tuple[Path, Path]]:
    """A file, or the files of a folder that are no answers, with their names."""
    if not path.is_dir():
        if not path.is_file():
            raise InputError(f"{path}: a pipe or a device, which is no shard; name a file")
        yield path, within
        return
    answers = {note.parent for note in path.rglob(ANSWERED)}
    for file in sorted(path.rglob("*")):
        if file_ending(file) not in _ENDINGS or not answers.isdisjoint(file.parents):
            continue
        if file.is_file():
            yield file, within / file.relative_to(path)


def _target_name(name: str) -> str:
    ending = PARQUET if file_ending(name) == PARQUET else ".jsonl"
    return Path(unpacked_name(name)).stem + ending


def first_texts(shards: Sequence[Shard], settings: ShardSettings, count: int = 20) -> list[str]:
    """Some texts of the first shard that has any and can be read.

    Raises:
        InputError: there is none.
    """
    wrong = ""
    for shard in shards:
        try:
            texts = [text for text, _ in islice(_records(shard, settings), count)]
        except InputError as error:
            wrong = wrong or f": {error}"
            continue
        if texts:
            return texts
    raise InputError(f"nothing to answer: there is no text in the shards{wrong}")


class ShardWorker:
    """A model that answers shards, loaded once.

    Args:
        settings: what is done.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
    """

    def __init__(self, settings: ShardSettings) -> None:
        self.settings = settings
        head = load(settings.model, threads=settings.threads)
        assert isinstance(head, Classifier | Tagger)
        self._head = head

    def __call__(self, shard: Shard) -> ShardReport:
        """Answer a shard; what is wrong with it is in the report."""
        report = ShardReport(str(shard.source), str(shard.target), str(shard))
        try:
            found = shard.source.stat()
            records = self._answers(_records(shard, self.settings))
            schema = self._schema(shard.source) if shard.target.suffix == PARQUET else None
            count = write_records(shard.target, records, schema)
        except TextRNNError as error:
            return replace(report, error=str(error))
        except OSError as error:
            where = error.filename or shard.target
            return replace(report, error=f"{where}: {error.strerror or error}")
        except Exception as error:  # whatever is wrong with a shard, the others can be answered
            return replace(report, error=f"{shard}: {type(error).__name__}: {error}")
        return replace(report, bytes=found.st_size, modified_ns=found.st_mtime_ns, records=count)

    def _answers(self, records: Iterable[tuple[str, Record]]) -> Iterator[Record]:
        head, settings = self._head, self.settings
        options = {"read_ahead": True, **settings.options}

        def answer(sent: Iterator[tuple[str, Record]]) -> Iterator[Record]:
            texts = (text for text, _ in sent)
            if isinstance(head, Classifier):
                found = head.classify_stream(texts, token_weights=False, **options)
                yield from (result.as_dict(top_k=len(head.labels)) for result in found)
            else:
                for tagged in head.tag_stream(texts, **options):
                    kept = tagged.only(settings.labels, min_probability=settings.min_probability)
                    yield kept.as_dict()

        for (_, record), found in with_answers(records, answer):
            del found["text"]
            yield dict(zip(_given_names(record, found), record.values(), strict=True)) | found

    def _schema(self, source: Path) -> Any:
        """Of a Parquet shard's answers: the shard's own columns and those of the answers."""
        arrow, _ = load_pyarrow()
        number, text = arrow.int64(), arrow.string()
        if isinstance(self._head, Classifier):
            shares = arrow.struct([(label, arrow.float64()) for label in self._head.labels])
            answers = {"label": text, "probability": arrow.float64(), "probabilities": shares}
            answers |= {"tokens": number, "windows": number}
        else:
            place = [("start", number), ("end", number), ("text", text), ("label", text)]
            share = ("probability", arrow.float64())
            answers = {"entities": arrow.list_(arrow.struct([*place, share]))}
            if self.settings.options.get("readings"):
                entities = ("entities", arrow.list_(arrow.struct(place)))
                answers["readings"] = arrow.list_(arrow.struct([share, entities]))
        with open_parquet(source) as file:
            columns = file.schema_arrow
            names = _given_names(columns.names, answers)
            given = [column.with_name(name) for column, name in zip(columns, names, strict=True)]
        return arrow.schema([*given, *answers.items()])


def _given_names(names: Iterable[str], answers: Mapping[str, Any]) -> list[str]:
    """The names that a record's own fields keep beside answers: those of answers are taken."""
    names = list(names)
    taken, kept = {*names, *answers}, []
    for name in names:
        new = name
        if name in answers:
            while new in taken:
                new = f"given_{new}"
            taken.add(new)
        kept.append(new)
    return kept


def _records(shard: Shard, settings: ShardSettings) -> Iterator[tuple[str, Record]]:
    return read_records(
        shard.source,
        name=str(shard),
        text_field=settings.text_field,
        encoding=settings.encoding,
    )


def answer_shards(
    shards: Sequence[Shard], settings: ShardSettings, on_done: Callable[[ShardReport], None]
) -> None:
    """Answer shards one after the other, in this process."""
    worker = ShardWorker(settings)
    for shard in shards:
        on_done(worker(shard))

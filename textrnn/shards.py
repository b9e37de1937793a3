"""Many files through a model: each a shard, whose answers appear when they are whole.

A shard is a text (each line that is not blank a record), JSON lines, or Parquet; its answers are
JSON lines, of Parquet Parquet again. A shard whose answers are there already is left alone, so that
a run that was stopped goes on where it was.
"""

from __future__ import annotations

import glob
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from textrnn import __version__
from textrnn.bundle import Bundle
from textrnn.catalog import load, model_path
from textrnn.corpora import read_lines
from textrnn.errors import ConfigurationError, InputError, MissingExtraError, TextRNNError
from textrnn.heads.classifier import Classifier
from textrnn.heads.tagger import Tagger, check_labels
from textrnn.runtime.stream import with_answers

RUN = "run.json"
_PACKED = (".gz", ".bz2", ".xz")
_ENDINGS = (".txt", ".jsonl", ".parquet")
_PARQUET_ROWS = 4096  # read and written at once
_PARTIAL = ".partial"

Record = dict[str, Any]


@dataclass(frozen=True)
class Shard:
    """A file of texts, and the file of their answers."""

    source: Path
    target: Path


@dataclass(frozen=True)
class ShardReport:
    """What became of a shard.

    Attributes:
        source: the shard.
        records: how many answers there are.
        error: why there are none; empty where there are.
    """

    source: str
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
        inputs: paths or patterns as ``data/**/*.jsonl``; of a folder all .txt, .jsonl and .parquet
            in it at any depth, packed or not.
        folder: where the answers go, under the same names; what lies in it is no shard.

    Raises:
        InputError: there is nothing there, or two shards would have one file of answers.
    """
    taken: dict[Path, Path] = {}
    for given in inputs:
        matches = _matches(given)
        found = [pair for pair in matches if folder.resolve() not in pair[0].resolve().parents]
        if not found:
            raise InputError(
                f"{given}: there are no shards (.txt, .jsonl, .parquet) there outside {folder}"
            )
        for source, name in found:
            target = folder / name.with_name(_target_name(name.name))
            other = taken.setdefault(target, source)
            if other != source:
                raise InputError(f"{other} and {source} would both be answered in {target}")
    return [Shard(source, target) for target, source in taken.items()]


def _matches(given: str) -> Iterator[tuple[Path, Path]]:
    """Files, each with its name within what was given."""
    path = Path(given)
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and _ending(file.name) in _ENDINGS:
                yield file, file.relative_to(path)
    elif path.is_file():
        yield path, Path(path.name)
    else:
        files = [Path(match) for match in sorted(glob.glob(given, recursive=True))]
        # What lies before the first wildcard is the same in all.
        fixed = Path(*path.parts[: _first_wildcard(path)])
        for file in files:
            if file.is_file():
                yield file, file.relative_to(fixed)


def _first_wildcard(path: Path) -> int:
    return next(i for i, part in enumerate((*path.parts, "*")) if glob.has_magic(part))


def _ending(name: str) -> str:
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return Path(name).suffix


def _target_name(name: str) -> str:
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name if name.endswith((".jsonl", ".parquet")) else f"{Path(name).stem}.jsonl"


def first_texts(shards: Sequence[Shard], settings: ShardSettings, count: int = 20) -> list[str]:
    """Some texts of the first shard that has any."""
    for shard in shards:
        texts = [
            r[settings.text_field] for r in islice(read_records(shard.source, settings), count)
        ]
        if texts:
            return texts
    raise InputError("nothing to answer: there is no text in the shards")


def prepare_folder(folder: Path, settings: ShardSettings) -> None:
    """Make the folder of answers, and note the settings in it.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: it holds answers that other settings gave, or the model does something
            else, or has other labels.
        InputError: it cannot be written to.
    """
    manifest = Bundle.open(model_path(settings.model)).manifest
    if manifest.task != settings.task:
        raise ConfigurationError(f"{manifest.name} is a {manifest.task}, not a {settings.task}")
    check_labels(settings.labels, manifest.labels)
    files = {name: record.sha256 for name, record in manifest.files.items()}
    wanted = {**asdict(settings), "textrnn": __version__, "model_files": files}
    del wanted["threads"]
    wanted = json.loads(json.dumps(wanted))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / RUN
        if path.exists():
            if json.loads(path.read_text("utf-8")) != wanted:
                raise ConfigurationError(
                    f"{folder}: holds the answers of a run with other settings ({RUN}); "
                    "name another folder"
                )
        else:
            path.write_text(json.dumps(wanted, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot be used for answers: {error}") from error


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
        """Answer a shard, unless that is done already; what is wrong with it is in the report."""
        try:
            if shard.target.exists():  # by a worker that was killed before it could say so
                return ShardReport(str(shard.source), count_records(shard.target))
            records = self._answers(read_records(shard.source, self.settings))
            schema = self._schema(shard.source) if shard.target.suffix == ".parquet" else None
            count = write_records(shard.target, records, schema)
        except (TextRNNError, OSError) as error:
            return ShardReport(str(shard.source), error=str(error))
        return ShardReport(str(shard.source), count)

    def _answers(self, records: Iterable[Record]) -> Iterator[Record]:
        head, settings = self._head, self.settings
        options = {"read_ahead": True, **settings.options}

        def texts(sent: Iterator[Record]) -> Iterator[str]:
            return (record[settings.text_field] for record in sent)

        def answer(sent: Iterator[Record]) -> Iterator[Record]:
            if isinstance(head, Classifier):
                found = head.classify_stream(texts(sent), token_weights=False, **options)
                yield from (result.as_dict(top_k=len(head.labels)) for result in found)
            else:
                for tagged in head.tag_stream(texts(sent), **options):
                    kept = tagged.only(settings.labels, min_probability=settings.min_probability)
                    yield kept.as_dict()

        for record, found in with_answers(records, answer):
            del found["text"]
            yield {**{_given(name, found): value for name, value in record.items()}, **found}

    def _schema(self, source: Path) -> Any:
        """Of a Parquet shard's answers: the shard's own columns and those of the answers."""
        arrow, _ = _pyarrow()
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
        with _open_parquet(source) as file:
            given = [column.with_name(_given(column.name, answers)) for column in file.schema_arrow]
        return arrow.schema([*given, *answers.items()])


def _given(name: str, answers: Mapping[str, Any]) -> str:
    """The name that a record's own field keeps beside answers."""
    return f"given_{name}" if name in answers else name


def read_records(path: Path, settings: ShardSettings) -> Iterator[Record]:
    """The records of a shard.

    Raises:
        InputError: the file is damaged, or a record has no text.
        MissingExtraError: it is Parquet, and PyArrow is not installed.
    """
    key, ending = settings.text_field, _ending(path.name)
    if ending not in (".jsonl", ".parquet"):
        for line in read_lines(path, encoding=settings.encoding):
            if line.text.strip():
                yield {"file": str(path), "line": line.number, key: line.text}
        return
    numbered = _parquet_rows(path) if ending == ".parquet" else _json_lines(path, settings.encoding)
    for number, record in numbered:
        if not isinstance(record, dict) or not isinstance(record.get(key), str):
            raise InputError(f"{path}: record {number} has no text in its field {key!r}")
        yield record


def _json_lines(path: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    for line in read_lines(path, encoding=encoding):
        if line.text.strip():
            try:
                yield line.number, json.loads(line.text)
            except ValueError as error:
                raise InputError(f"{path}: line {line.number}: not JSON: {error}") from error


def _parquet_rows(path: Path) -> Iterator[tuple[int, Any]]:
    number = 0
    with _open_parquet(path) as file:
        for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
            for record in batch.to_pylist():
                number += 1
                yield number, record


@contextmanager
def _open_parquet(path: Path) -> Iterator[Any]:
    """A Parquet file, with PyArrow's errors as ours."""
    arrow, parquet = _pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except arrow.ArrowException as error:
        raise InputError(f"{path}: not a whole Parquet file: {error}") from error


def count_records(path: Path) -> int:
    """How many records an answered shard has."""
    if path.suffix == ".parquet":
        with _open_parquet(path) as file:
            return int(file.metadata.num_rows)
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def write_records(path: Path, records: Iterable[Record], schema: Any = None) -> int:
    """Write a shard under another name and, when it is whole, give it its own.

    Args:
        path: the shard.
        records: what to write.
        schema: PyArrow's, for Parquet; None for JSON lines.

    Returns:
        How many records there are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}-{secrets.token_hex(4)}{_PARTIAL}")
    count = 0

    def counted() -> Iterator[Record]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    try:
        if schema is None:
            with partial.open("w", encoding="utf-8", newline="") as file:
                for record in counted():
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
        else:
            _write_parquet(partial, counted(), schema)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _write_parquet(path: Path, records: Iterator[Record], schema: Any) -> None:
    arrow, parquet = _pyarrow()
    with parquet.ParquetWriter(path, schema) as writer:
        while rows := list(islice(records, _PARQUET_ROWS)):
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading and writing Parquet", "ray") from error
    return pyarrow, pyarrow.parquet


def answer_shards(
    shards: Sequence[Shard], settings: ShardSettings, on_done: Callable[[ShardReport], None]
) -> None:
    """Answer shards one after the other, in this process."""
    worker = ShardWorker(settings)
    for shard in shards:
        on_done(worker(shard))


def drop_partials(folder: Path) -> None:
    """Remove what workers that were killed left half-written; none may be at work any more."""
    for partial in folder.rglob(f".*{_PARTIAL}"):
        partial.unlink(missing_ok=True)

"""The files of shards: texts, JSON lines and Parquet read, answers written in one piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from textrnn.corpora import file_ending, read_lines
from textrnn.corpora.writing import PartialFile
from textrnn.errors import InputError, MissingExtraError

PARQUET = ".parquet"
_JSON = (".jsonl", ".ndjson", ".json")
_PARQUET_ROWS = 4096  # read and written at once

Record = dict[str, Any]


def read_records(
    path: Path, *, name: str, text_field: str, encoding: str
) -> Iterator[tuple[str, Record]]:
    """The records of a file, each after its text.

    Args:
        path: the file.
        name: what it is called in the records of a text.
        text_field: where a record of JSON or Parquet has its text.
        encoding: of texts and JSON lines.

    Raises:
        InputError: the file is damaged, or a record has no text.
        MissingExtraError: it is Parquet, and PyArrow is not installed.
    """
    ending = file_ending(path)
    if ending not in (*_JSON, PARQUET):
        for line in read_lines(path, encoding=encoding):
            if line.text.strip():
                yield line.text, {"file": name, "line": line.number, "text": line.text}
        return
    is_parquet = ending == PARQUET
    numbered = _parquet_rows(path) if is_parquet else _json_lines(path, encoding)
    for number, record in numbered:
        text = record.get(text_field) if isinstance(record, dict) else None
        if not isinstance(text, str):
            what = "record" if is_parquet else "line"
            raise InputError(f"{path}: {what} {number} has no text in its field {text_field!r}")
        yield text, record


def _json_lines(path: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    for line in read_lines(path, encoding=encoding):
        if line.text.strip():
            try:
                yield line.number, json.loads(line.text)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}: line {line.number}: not JSON: {error}") from error


def _parquet_rows(path: Path) -> Iterator[tuple[int, Any]]:
    number = 0
    with open_parquet(path) as file:
        names = file.schema_arrow.names
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise InputError(f"{path}: several columns are called {twice!r}")
        for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
            for record in batch.to_pylist():
                number += 1
                yield number, record


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """A Parquet file, with PyArrow's errors as ours."""
    arrow, parquet = load_pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (arrow.ArrowException, OSError) as error:
        if getattr(error, "errno", None):  # the system's own: no such file, no right to read it
            raise
        raise InputError(f"{path}: not a whole Parquet file: {error}") from error


def write_records(path: Path, records: Iterable[Record], schema: Any = None) -> int:
    """Write a shard, whole or not at all.

    Args:
        path: the shard.
        records: what to write.
        schema: PyArrow's, for Parquet; None for JSON lines.

    Returns:
        How many records there are.
    """
    count = 0

    def counted() -> Iterator[Record]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    path.parent.mkdir(parents=True, exist_ok=True)
    with PartialFile(path, tidy=False) as partial:
        if schema is not None:
            _write_parquet(partial.path, counted(), schema)
        else:
            for record in counted():
                # Half a pair of surrogates, which JSON can hold and UTF-8 cannot, is escaped.
                text = json.dumps(record, ensure_ascii=False) + "\n"
                partial.file.write(text.encode("utf-8", "backslashreplace"))
        partial.publish()
    return count


def _write_parquet(path: Path, records: Iterator[Record], schema: Any) -> None:
    arrow, parquet = load_pyarrow()
    with parquet.ParquetWriter(path, schema) as writer:
        while rows := list(islice(records, _PARQUET_ROWS)):
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))


def load_pyarrow() -> tuple[Any, Any]:
    """PyArrow and its Parquet, which only shards in Parquet need.

    Raises:
        MissingExtraError: they are not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading and writing Parquet", "ray") from error
    return pyarrow, pyarrow.parquet

"""Parquet, row by row, in bounded memory; its values as Python's own when they are asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from textrnn.corpora.reading import PACKED, is_pipe, open_binary, source_name
from textrnn.errors import InputError, MissingExtraError

BATCH_ROWS = 1024  # read and written at once


class ParquetRow(Mapping[str, Any]):
    """The row of a table, which stays in PyArrow's hands.

    Args:
        batch: some rows, PyArrow's.
        place: which of them, from 0.
    """

    __slots__ = ("batch", "place")

    def __init__(self, batch: Any, place: int) -> None:
        self.batch, self.place = batch, place

    def __getitem__(self, name: str) -> Any:
        index = self.batch.schema.get_field_index(name)
        if index < 0:
            raise KeyError(name)
        return _python_value(self.batch.column(index)[self.place])

    def __iter__(self) -> Iterator[str]:
        return iter(self.batch.schema.names)

    def __len__(self) -> int:
        return len(self.batch.schema.names)


def _python_value(value: Any) -> Any:
    """Of a cell; as it is written where Python's own types hold less, as of nanoseconds."""
    if "[ns" not in str(value.type):
        try:
            return value.as_py()
        except (ValueError, OverflowError):  # a year that Python does not know
            pass
    arrow, _ = load_pyarrow()
    try:
        return value.cast(arrow.string()).as_py()
    except arrow.ArrowException:  # within lists and structures
        return str(value)


def parquet_rows(
    path: str | Path, on_header: Callable[[Sequence[str]], None] = lambda names: None
) -> Iterator[ParquetRow]:
    """The rows of a file.

    Args:
        path: the file.
        on_header: called with the columns' names before the first row.

    Raises:
        InputError: it is damaged, or two columns have one name.
        MissingExtraError: PyArrow is not installed.
    """
    with open_parquet(path) as file:
        names = file.schema_arrow.names
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise InputError(f"{source_name(path)}: several columns are called {twice!r}")
        on_header(names)
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            for place in range(batch.num_rows):
                yield ParquetRow(batch, place)


@contextmanager
def open_parquet(path: str | Path) -> Iterator[Any]:
    """A Parquet file, with PyArrow's errors as ours; what is packed or a pipe is copied first,
    since Parquet is read from its end.

    Raises:
        InputError: it is missing or damaged.
        MissingExtraError: PyArrow is not installed.
    """
    arrow, parquet = load_pyarrow()
    try:
        with _seekable(path) as source, parquet.ParquetFile(source) as file:
            yield file
    except (arrow.ArrowException, OSError) as error:
        if getattr(error, "errno", None):  # the system's own: no such file, no right to read it
            raise InputError(f"{source_name(path)}: {error.strerror or error}") from error
        raise InputError(f"{source_name(path)}: not a whole Parquet file: {error}") from error


@contextmanager
def _seekable(path: str | Path) -> Iterator[str | BinaryIO]:
    if not is_pipe(path) and Path(path).suffix.lower() not in PACKED:
        yield str(path)
        return
    with open_binary(path) as packed, tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(packed, copy)
        copy.seek(0)
        yield cast(BinaryIO, copy)


def load_pyarrow() -> tuple[Any, Any]:
    """PyArrow and its Parquet, which nothing else needs.

    Raises:
        MissingExtraError: they are not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading and writing Parquet", "parquet") from error
    return pyarrow, pyarrow.parquet

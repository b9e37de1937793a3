"""Parquet, read row by row and written in bounded memory; its values as Python's when asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from textrnn.corpora.files.opening import PACKED, is_pipe, open_binary, source_name
from textrnn.corpora.formats.json_text import mended
from textrnn.corpora.formats.record import Record, RecordOptions
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
        self.batch = batch
        self.place = place

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
    path: str | Path, on_header: Callable[[Sequence[str]], object] = lambda names: None
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


def parquet_records(path: str | Path, options: RecordOptions) -> Iterator[Record]:
    """The rows of a file as records.

    Raises:
        InputError, MissingExtraError: as :func:`parquet_rows`.
    """
    name = source_name(path)
    rows = parquet_rows(path, lambda names: options.on_header(names, name))
    return (Record(row, number, name, "record") for number, row in enumerate(rows, start=1))


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


def arrow_schema(kinds: Mapping[str, Any]) -> Any:
    """PyArrow's schema of columns of these kinds.

    Args:
        kinds: by name: ``text``, ``integer``, ``number`` or ``truth``; a list of one kind, for
            lists; kinds by name, for values under names; or a type of PyArrow's.
    """
    arrow, _ = load_pyarrow()
    return arrow.schema([(name, _arrow_type(kind)) for name, kind in kinds.items()])


def _arrow_type(kind: Any) -> Any:
    arrow, _ = load_pyarrow()
    if isinstance(kind, Mapping):
        return arrow.struct([(name, _arrow_type(one)) for name, one in kind.items()])
    if isinstance(kind, list):
        return arrow.list_(_arrow_type(kind[0]))
    known = {"text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(),
             "truth": arrow.bool_()}  # fmt: skip
    return known[kind] if isinstance(kind, str) else kind


@dataclass(frozen=True)
class ParquetColumns:
    """The columns of a file of answers: those of the records that they answer, and their own.

    Attributes:
        names: of the records' fields, by what they are called in the file.
        types: PyArrow's, of the same fields.
        answers: PyArrow's schema of the answers.
        as_text: spells a value whose column holds text.
    """

    names: Mapping[str, str]
    types: Mapping[str, Any]
    answers: Any
    as_text: Callable[[Any], str] = str

    def schema(self) -> Any:
        """PyArrow's, of all columns."""
        arrow, _ = load_pyarrow()
        given = [(new, self.types[name]) for name, new in self.names.items()]
        return arrow.schema([*given, *self.answers])

    def table(self, rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Any:
        """PyArrow's table of some records and their answers."""
        arrow, _ = load_pyarrow()
        answers = arrow.Table.from_pylist([answer for _, answer in rows], schema=self.answers)
        given = [self._column(name, [record for record, _ in rows]) for name in self.names]
        return arrow.Table.from_arrays([*given, *answers.columns], schema=self.schema())

    def _column(self, name: str, records: list[Mapping[str, Any]]) -> Any:
        """A field of some records; what came from Parquet stays as it is, to the nanosecond."""
        arrow, _ = load_pyarrow()
        wanted, pieces = self.types[name], []
        for _, run in groupby(records, key=lambda record: id(getattr(record, "batch", None))):
            found = list(run)
            batch = getattr(found[0], "batch", None)
            if batch is not None and _type_of(batch, name) == wanted:
                pieces.append(batch.column(name).take(arrow.array([row.place for row in found])))  # type: ignore[attr-defined]
                continue
            values = [record.get(name) for record in found]
            if wanted == arrow.string():
                values = [None if value is None else self.as_text(value) for value in values]
            pieces.append(arrow.array(values, wanted))
        return arrow.chunked_array(pieces, wanted)


def _type_of(batch: Any, name: str) -> Any:
    index = batch.schema.get_field_index(name)
    return None if index < 0 else batch.schema.field(index).type


def write_parquet(
    file: BinaryIO,
    rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
    columns: ParquetColumns,
) -> None:
    """Write records and their answers, some thousand rows at once.

    Raises:
        InputError: a field has values of several types.
        MissingExtraError: PyArrow is not installed.
    """
    arrow, parquet = load_pyarrow()
    rows = iter(rows)
    with parquet.ParquetWriter(file, columns.schema()) as writer:
        while some := list(islice(rows, BATCH_ROWS)):
            try:
                table = columns.table(some)
            except UnicodeEncodeError:
                table = columns.table([(mended(record), mended(answer)) for record, answer in some])
            except (arrow.ArrowException, TypeError, OverflowError) as error:
                raise InputError(f"no column of Parquet holds such values: {error}") from error
            writer.write_table(table)

"""Records from files of any format, packed or not: the one list of these formats.

A further format is a file beside this one, whose function takes a path and
:class:`~textrnn.corpora.formats.record.RecordOptions` and yields records with their places, and a
line in ``_READERS``; then all that reads records reads it, by its name and by its ending.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from textrnn.corpora.files.opening import file_ending, source_name
from textrnn.corpora.formats.json_lines import json_line_records
from textrnn.corpora.formats.json_stream import json_records
from textrnn.corpora.formats.parquet import parquet_records
from textrnn.corpora.formats.record import Record, RecordOptions
from textrnn.corpora.formats.tables import table_records
from textrnn.errors import ConfigurationError

_READERS: dict[str, Callable[[str | Path, RecordOptions], Iterator[Record]]] = {
    "csv": partial(table_records, is_tsv=False),
    "tsv": partial(table_records, is_tsv=True),
    "jsonl": json_line_records,
    "json": json_records,
    "parquet": parquet_records,
}
_OTHER_ENDINGS = {".ndjson": "jsonl", ".pq": "parquet"}  # beside the formats' own names

RECORD_FORMATS = tuple(_READERS)
TEXT_FORMATS = ("txt", *RECORD_FORMATS)  # of texts: a line each, or a record


def record_format(path: str | Path) -> str | None:
    """The format of records that a name's ending tells, packed or not; None where it tells none.

    Example:
        >>> record_format("a.ndjson.gz"), record_format("a.txt")
        ('jsonl', None)
    """
    ending = file_ending(path)
    return ending[1:] if ending[1:] in _READERS else _OTHER_ENDINGS.get(ending)


def read_records(
    path: str | Path,
    *,
    form: str | None = None,
    encoding: str = "utf-8",
    header: bool | None = True,
    names: Sequence[str] = (),
    halves: str = "mend",
    odd: bool = False,
    on_header: Callable[[Sequence[str], str], object] = lambda names, place: None,
) -> Iterator[Record]:
    """Read records; memory does not grow with the file.

    Args:
        path: a file, or ``-``.
        form: one of RECORD_FORMATS; by default what the ending tells.
        encoding: of all but Parquet.
        header: whether CSV and TSV have one; None: they have if it has a name that is known.
            Without one the fields are called by their numbers from 0.
        names: further names that a header may have, by which its divider is told.
        halves: what becomes of half a pair of surrogates in JSON: ``mend`` it by U+FFFD, ``keep``
            it, or ``refuse`` it.
        odd: whether what is no object in JSON comes as a record with an ``error``, and NaN as null,
            instead of an error.
        on_header: called with a table's names and their place before its first row is read.

    Yields:
        One record after another. A JSON file is an array of objects, or objects one after another;
        a single object with a list of objects under ``data``, ``rows``, ``records``, ``items``,
        ``examples`` or ``results`` is that list.

    Raises:
        InputError: the file cannot be read or is malformed; the message names the place.
        ConfigurationError: neither ``form`` nor the ending tells the format.
        MissingExtraError: it is Parquet, and PyArrow is not installed.
    """
    read = _READERS.get(form or record_format(path) or "")
    if read is None:
        raise ConfigurationError(
            f"{source_name(path)}: cannot tell the format from the name; name it with "
            f"form=…: one of {', '.join(RECORD_FORMATS)}"
        )
    yield from read(path, RecordOptions(encoding, header, names, halves, odd, on_header))

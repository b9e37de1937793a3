"""What is written into a file: what its ending says, or nothing at all."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from textrnn.corpora import PACKED
from textrnn.errors import ConfigurationError

# Whoever opens such a file expects something else in it than any text of ours.
_STRANGE = (*PACKED, ".zip", ".xlsx", ".xls", ".ods", ".docx", ".doc", ".odt", ".pdf")


def output_format(
    wanted: str | None,
    output: Path | None,
    endings: Mapping[str, str],
    *,
    terminal: str,
    pipe: str,
) -> str:
    """The format asked for, or that of the file's ending, or what suits a terminal or a pipe.

    Args:
        wanted: of --format.
        output: of --output.
        endings: the format that each ending of a file says, as ``{".csv": "csv"}``.
        terminal: the format for a terminal.
        pipe: that for a pipe, and for files whose name has no ending.

    Raises:
        ConfigurationError: the file would not be what its ending says.
    """
    if output is None:
        form = wanted or (terminal if sys.stdout.isatty() else pipe)
        if form == "parquet":
            raise ConfigurationError("--format parquet needs a file: --output FILE.parquet")
        return form
    if output.exists() and not output.is_file():
        return wanted or pipe
    name = output.name.lower()
    ending = name if name in endings else output.suffix.lower()  # of .csv, too
    if not ending and wanted is None:
        return pipe
    told = endings.get(ending)
    if told is None and (wanted is None or ending in _STRANGE):
        known = ", ".join(endings)
        raise ConfigurationError(f"{output}: {ending} is no format that is written here: {known}")
    if wanted and told and wanted != told and (ending != ".txt" or wanted == "parquet"):
        raise ConfigurationError(
            f"{output}: its ending says {told} and --format {wanted}; change one of them"
        )
    return wanted or told or pipe

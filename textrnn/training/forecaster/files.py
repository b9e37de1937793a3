"""The files that a forecaster learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.configuration import FILES, FIRST_HOUR, setting
from textrnn.corpora.formats.records import RECORD_FORMATS
from textrnn.corpora.series.options import SeriesOptions
from textrnn.training.files import Data, Files


@dataclass(frozen=True)
class ForecasterFiles(SeriesOptions, Files):
    """Series of numbers: a table with a row for each step.

    CSV, TSV, JSON lines or Parquet. Its columns are the targets, which are forecast, features,
    which are read beside them, and the time. With --group one file holds many series, a row for
    each step of each. Compressed files are opened. Steps must be even; gaps are an error, unless
    --missing says how they are filled. What validates is the end of each series, or a file.
    """

    task = "forecaster"
    over_time = True

    train: Data = setting(Path(), "A table: CSV, TSV, JSONL, Parquet.", required=True,
                          group=FIRST_HOUR)  # fmt: skip
    validation: Data | None = setting(
        None, "What comes after it, to choose the epoch by.", group=FIRST_HOUR
    )
    format: str | None = setting(
        None,
        "Of the files [by suffix].",
        choices=RECORD_FORMATS,
        option="--input-format",
        group=FILES,
    )

    def require_fitting(self, plan: Any, found: Mapping[str, Any]) -> None:
        """See :meth:`Files.require_fitting`: series may be too short for the windows, and segments
        must divide these.
        """
        from textrnn.training.forecaster.defaults import describe, settled
        from textrnn.training.forecaster.split import Split

        series = found["train"]
        plan = settled(plan, series)
        split = Split.of(series, found.get("validation"), plan, lambda line: None)
        describe(plan, series[0], split.calendar)

"""The series of a forecaster's recipe."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textrnn.training.recipes.reader import Heeds, Reader
from textrnn.training.recipes.sources import RecipeSource

_SERIES = ("time", "targets", "features", "group", "missing", "decimal", "rows")


class ForecasterReader(Reader):
    """Tables of series; ``rows`` cuts one file into parts."""

    task = "forecaster"
    heeds: ClassVar[Heeds] = {"train": _SERIES, "validation": _SERIES, "test": _SERIES}

    def count(self, source: RecipeSource, folder: Path) -> int:
        """How many steps one of a recipe's files has: at nearly each a window begins."""
        return sum(map(len, self.examples(source, folder)))

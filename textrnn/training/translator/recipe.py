"""The pairs of a translator's recipe."""

from __future__ import annotations

from typing import ClassVar

from textrnn.training.recipes.reader import Heeds, Reader

_PAIRS = ("source", "target", "target_file")


class TranslatorReader(Reader):
    """Tables of pairs, or files side by side."""

    task = "translator"
    heeds: ClassVar[Heeds] = {"train": _PAIRS, "validation": _PAIRS, "test": _PAIRS}

"""A whole model and its smaller one measured on the same examples, in one run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network
from textrnn.compressing.compression import Side
from textrnn.heads.head import Head

_OF_USE = (".onnx", ".npz", ".json")
_LEAST_S = 0.2  # of reading that can be compared


def side_of(bundle: Bundle, scores: dict[str, float]) -> Side:
    """A model as a column of the table; its card and what tells of its training have no size."""
    shapes = described_network(bundle).weight_shapes().values()
    files = bundle.manifest.files.items()
    size = sum(record.bytes for name, record in files if Path(name).suffix in _OF_USE)
    return Side(sum(map(math.prod, shapes)), size, scores)


def scores_of(
    head: Head, examples: Sequence[Any], on_note: Callable[[str], None] = lambda line: None
) -> dict[str, float]:
    """A model's scores.

    Raises:
        InputError: it cannot answer an example.
    """
    return head.evaluate(iter(examples), on_note=on_note).scores()


def time_share(before: Head, after: Head, examples: Sequence[Any]) -> float | None:
    """What a smaller model takes of the whole one's time for the same examples, one after the
    other; None where they are read too fast to tell. Both should have read some before.
    """
    seconds = []
    for head in (before, after):
        began = perf_counter()
        scores_of(head, examples)
        seconds.append(perf_counter() - began)
    return seconds[1] / seconds[0] if min(seconds) >= _LEAST_S else None

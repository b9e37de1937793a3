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
_ROUNDS, _LONG_S = 3, 60.0


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
    """What a smaller model takes of the whole one's time for the same examples; None where they are
    read too fast to tell.

    They are read by one after the other, three times where that does not take long; of each model
    the shortest time counts, since whatever else a machine does makes times longer.

    Both should have read some before.
    """
    rounds = [[_seconds(head, examples) for head in (before, after)]]
    while len(rounds) < _ROUNDS and sum(map(sum, rounds)) < _LONG_S:
        rounds.append([_seconds(head, examples) for head in (before, after)])
    first, second = (min(times) for times in zip(*rounds, strict=True))
    return second / first if min(first, second) >= _LEAST_S else None


def _seconds(head: Head, examples: Sequence[Any]) -> float:
    """How long a model reads examples, in seconds."""
    began = perf_counter()
    scores_of(head, examples)
    return perf_counter() - began

"""Dealing examples into folds: groups stay whole, and labels are spread."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Kin = tuple[str, str]  # an example's group, as the text that it is a copy of, and its label


def deal(groups: Sequence[Kin], folds: int, *, random_state: int) -> NDArray[np.int64]:
    """The fold of each example, (N,): of each label in turn, those of one group together.

    Args:
        groups: each example's group, as the text that it is a copy of, and its label; of a group
            the first label counts.
        folds: how many.
        random_state: the same deals the same.
    """
    by_label: dict[str, list[str]] = {}
    for key, label in dict(reversed(groups)).items():
        by_label.setdefault(label, []).append(key)
    rng, fold_of = random.Random(random_state), dict[str, int]()
    for _, keys in sorted(by_label.items()):
        shuffled = sorted(keys)
        rng.shuffle(shuffled)
        for key in shuffled:
            fold_of[key] = len(fold_of) % folds
    return np.array([fold_of[key] for key, _ in groups], np.int64)

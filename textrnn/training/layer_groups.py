"""A network's layers as groups that are unfrozen one by one and learn at rates of their own.

(Howard & Ruder 2018, sections 3.2 and 3.3.)
"""

from __future__ import annotations

from collections.abc import Sequence


def layer_groups(layers: Sequence[str]) -> list[list[str]]:
    """Groups from the bottom up: what comes before the encoders, each encoder, and the head.

    Args:
        layers: the names of the layers, in the order of their weights.

    Example:
        >>> layer_groups(["embedding", "encoder_0", "encoder_1", "attention", "output"])
        [['embedding'], ['encoder_0'], ['encoder_1'], ['attention', 'output']]
    """
    places = [i for i, name in enumerate(layers) if name.startswith("encoder_")]
    first, last = places[0], places[-1]
    encoders = [[layers[i]] for i in places]
    return [list(layers[:first]), *encoders, list(layers[last + 1 :])]


def frozen_epochs(groups: Sequence[Sequence[str]], epochs: int) -> dict[str, int]:
    """For each layer how many epochs it stays frozen: ``epochs`` more than the group above it."""
    top = len(groups) - 1
    return {name: epochs * (top - i) for i, group in enumerate(groups) for name in group}


def layer_rates(groups: Sequence[Sequence[str]], decay: float) -> dict[str, float]:
    """For each layer its share of the learning rate: ``decay`` times that of the group above it."""
    top = len(groups) - 1
    return {name: decay ** (top - i) for i, group in enumerate(groups) for name in group}

"""The networks of trained models in NumPy: their weights as their bundles keep them, read by the
lab's cells.

Weights in 8 bits become numbers again; the graph that serves rounds a little differently, and what
it reads as well, so that its answers differ in the second digit behind the point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network, model_path
from textrnn.configuration import require
from textrnn.errors import InputError
from textrnn.heads.parts import read_tokenizer
from textrnn.lab.bptt import Reading, read
from textrnn.lab.cells.cell import Array, KernelCell
from textrnn.lab.cells.kinds import CELLS
from textrnn.network import Encoder, directions
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.weights.files import check_weights, read_weights

_TASKS = ("classifier", "generator")


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model whose tokens are read by an embedding and encoders alone.

    Attributes:
        name: as its card has it.
        task: ``classifier`` or ``generator``.
        network: the description, of that task.
        weights: by their names, float32.
        tokenizer: its tokenizer.
    """

    name: str
    task: str
    network: Any
    weights: Mapping[str, Array]
    tokenizer: Tokenizer

    @classmethod
    def open(cls, model: str | Path) -> TrainedModel:
        """Read a model's network.

        Args:
            model: a shipped model's name or a path.

        Raises:
            ModelNotFoundError: there is no such model.
            ConfigurationError: it is of another task, whose tokens have more than an embedding.
            BundleError: it is damaged.
        """
        bundle = Bundle.open(model_path(model))
        task = bundle.manifest.task
        require(
            task in _TASKS,
            f"{bundle.name} is a {task}; the lab looks into the cells of a {' or '.join(_TASKS)}",
        )
        network = described_network(bundle)
        weights = read_weights(bundle)
        check_weights(weights, bundle)
        size = weights["embedding"].shape[0]
        return cls(bundle.name, task, network, dict(weights), read_tokenizer(bundle, size))

    def tokens(self, text: str) -> tuple[list[str], NDArray[np.int32]]:
        """A text's tokens as they stand in it, and their ids, (T,); a generator's begin with
        ``<s>``.

        Raises:
            InputError: the text has no tokens.
        """
        found = self.tokenizer.encode(text)
        names = [text[begin:end] for begin, end in found.offsets.tolist()]
        if self.task == "generator":
            start = np.array([self.tokenizer.START], np.int32)
            return ["<s>", *names], np.concatenate([start, found.ids])
        require_tokens(names)
        return names, found.ids

    def encode(self, ids: NDArray[np.int32]) -> list[EncodedLayer]:
        """Run all encoders over a text, in NumPy: a layer each."""
        vectors = self.weights["embedding"][ids][:, None]  # (T, 1, E)
        return encode(self.network.encoders, self.weights, vectors)


def require_tokens(tokens: Sequence[str]) -> None:
    """Raise :class:`InputError` where a text has no tokens."""
    if not tokens:
        raise InputError("the text has no words to read")


@dataclass(frozen=True, eq=False)
class EncodedLayer:
    """What an encoder gave.

    Attributes:
        cells: of each direction.
        readings: what each cell gave, in the order in which it read: backward from the last token.
        outputs: both directions joined, in the text's order, (T, B, output units).
    """

    cells: dict[str, KernelCell]
    readings: dict[str, Reading]
    outputs: Array


def encode(
    encoders: Sequence[Encoder], weights: Mapping[str, Array], vectors: Array
) -> list[EncodedLayer]:
    """Run encoders, each over what the one below it gave.

    Args:
        encoders: from the bottom.
        weights: by the names that :func:`textrnn.network.encoder_shapes` gives, with ``encoder_0``,
            ``encoder_1`` … before them.
        vectors: (T, B, E).
    """
    layers = []
    for number, encoder in enumerate(encoders):
        cells, readings, sides = {}, {}, []
        for direction in directions(encoder):
            step = -1 if direction == "backward" else 1
            cells[direction] = cell_of(encoder, weights, f"encoder_{number}/{direction}")
            readings[direction] = read(cells[direction], vectors[::step])
            sides.append(readings[direction].outputs[::step])
        vectors = sides[0] if len(sides) == 1 else _merged(encoder.merge, sides[0], sides[1])
        layers.append(EncodedLayer(cells, readings, vectors))
    return layers


def cell_of(encoder: Encoder, weights: Mapping[str, Array], name: str) -> KernelCell:
    """The cell of an encoder's direction, with the weights that are called so."""
    parts = ("kernel", "recurrent", "bias")
    return CELLS[encoder.cell]({part: weights[f"{name}/{part}"] for part in parts})


def _merged(merge: str, forward: Array, backward: Array) -> Array:
    """Two directions as one output."""
    if merge == "concat":
        return np.concatenate([forward, backward], axis=-1)
    if merge == "mul":
        return forward * backward
    return (forward + backward) * (0.5 if merge == "ave" else 1.0)

"""A cell and an output layer, trained by backpropagation through time with Adam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from textrnn.lab.bptt import Reading, backpropagate, clip, read
from textrnn.lab.cells.cell import Array, Cell, Weights
from textrnn.lab.initial import initial_weight
from textrnn.lab.task import Batch, Task

_DECAYS = 0.9, 0.999  # of Adam's two means
_SMALL = 1e-7


class TaskNetwork:
    """A cell that reads a task's sequences, and a dense layer that answers at their last steps.

    Args:
        cell: of the task's inputs.
        task: what it learns.
        rng: draws the weights of the dense layer.

    Attributes:
        weights: all of them, by their names; training changes them in place.
    """

    def __init__(self, cell: Cell, task: Task, rng: np.random.Generator) -> None:
        self.cell, self.task = cell, task
        dtype = cell.first_state(1)[0].dtype
        self._kernel = initial_weight("kernel", (cell.units, task.outputs), rng).astype(dtype)
        self._bias = np.zeros(task.outputs, dtype)
        self.weights: Weights = {**cell.weights, "output/kernel": self._kernel,
                                 "output/bias": self._bias}  # fmt: skip

    def answer(self, inputs: Array) -> tuple[Array, Reading]:
        """The outputs of the last steps, (answers, B, outputs), and what the cell gave."""
        reading = read(self.cell, inputs.astype(self._kernel.dtype))
        asked = reading.outputs[-self.task.answers :]
        return asked @ self._kernel + self._bias, reading

    def gradients(self, batch: Batch) -> tuple[float, Weights]:
        """The loss, and its gradient by every weight."""
        outputs, reading = self.answer(batch.inputs)
        loss, d_asked = self.task.loss(outputs, batch.targets)
        d_asked = d_asked.astype(self._kernel.dtype)
        asked = reading.outputs[-self.task.answers :]
        d_outputs = np.zeros_like(reading.outputs)
        d_outputs[-self.task.answers :] = d_asked @ self._kernel.T
        found = backpropagate(self.cell, reading, d_outputs).weights
        found["output/kernel"] = np.einsum("abu,abo->uo", asked, d_asked)
        found["output/bias"] = d_asked.sum(axis=(0, 1))
        return loss, found

    def score(self, distance: int, size: int, rng: np.random.Generator) -> float:
        """How well it does at a distance, on sequences made up anew."""
        batch = self.task.batch(distance, size, rng)
        return self.task.score(self.answer(batch.inputs)[0], batch.targets)


class Adam:
    """Steps whose lengths follow from the means of the gradients and of their squares (Kingma & Ba
    2015, algorithm 1).

    Args:
        weights: changed in place.
        learning_rate: of each step.
    """

    def __init__(self, weights: Weights, learning_rate: float) -> None:
        self._weights, self._rate, self._steps = weights, learning_rate, 0
        self._means = {name: np.zeros_like(array) for name, array in weights.items()}
        self._squares = {name: np.zeros_like(array) for name, array in weights.items()}

    def step(self, gradients: Weights) -> None:
        """Take a step down."""
        self._steps += 1
        first, second = (1 - decay**self._steps for decay in _DECAYS)  # the means began at 0
        for name, gradient in gradients.items():
            mean, square = self._means[name], self._squares[name]
            mean += (1 - _DECAYS[0]) * (gradient - mean)
            square += (1 - _DECAYS[1]) * (gradient**2 - square)
            size = self._rate / first
            self._weights[name] -= size * mean / (np.sqrt(square / second) + _SMALL)


def train(
    network: TaskNetwork,
    *,
    steps: int,
    distance: int,
    batch_size: int,
    learning_rate: float,
    clip_norm: float,
    rng: np.random.Generator,
    on_step: Callable[[float, float], None] = lambda loss, length: None,
) -> None:
    """Train on batches whose distances are drawn anew for each, so that near ones teach far ones.

    Args:
        network: trained in place.
        steps: how many batches.
        distance: the largest.
        batch_size: sequences a batch.
        learning_rate: Adam's.
        clip_norm: the greatest length of a gradient; infinity for any.
        rng: draws distances and sequences.
        on_step: told the loss of each batch, and how long its gradient was.
    """
    adam = Adam(network.weights, learning_rate)
    for _ in range(steps):
        drawn = int(rng.integers(1, distance + 1))
        loss, gradients = network.gradients(network.task.batch(drawn, batch_size, rng))
        length = clip(gradients, clip_norm)
        adam.step(gradients)
        on_step(loss, length)

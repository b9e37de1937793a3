"""Backpropagation through time (Werbos 1990): a cell run over a sequence, and back again.

Unrolled over T tokens a recurrent network is a network of T layers that share their weights. The
gradient goes through them from the last to the first, and what each layer's weights get is summed.
T tokens, B texts, I inputs, U units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from textrnn.lab.cells.cell import Array, Cell, State, Values, Weights


@dataclass(frozen=True, eq=False)
class Reading:
    """What a cell gave as it read.

    Attributes:
        outputs: (T, B, U).
        values: of each step every value by its name.
        state: after the last step.
    """

    outputs: Array
    values: list[Values]
    state: State


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradients of a loss.

    Attributes:
        weights: by each weight of the cell.
        inputs: by what it read, (T, B, I).
        states: by the state after each step, through all that comes later.
        first_state: by the state before the first step.
    """

    weights: Weights
    inputs: Array
    states: list[State]
    first_state: State


def read(cell: Cell, inputs: Array, state: State | None = None) -> Reading:
    """Run a cell over sequences.

    Args:
        cell: the cell.
        inputs: (T, B, I).
        state: before the first step; by default zeros.
    """
    state = cell.first_state(inputs.shape[1]) if state is None else state
    outputs, values = [], []
    for x in inputs:
        state, found = cell.step(x, state)
        outputs.append(state[0])
        values.append(found)
    return Reading(np.stack(outputs), values, state)


def backpropagate(cell: Cell, reading: Reading, d_outputs: Array) -> Gradients:
    """Go back through all steps.

    Args:
        cell: the cell.
        reading: what it gave.
        d_outputs: the gradient of the loss by each output, (T, B, U); zeros where the loss does not
            ask.
    """
    d_state = tuple(np.zeros_like(array) for array in reading.state)
    d_weights = {name: np.zeros_like(array) for name, array in cell.weights.items()}
    d_inputs, d_states = [], []
    for values, d_output in zip(reversed(reading.values), reversed(d_outputs), strict=True):
        # An output counts twice: for its own part of the loss, and by the steps that follow.
        d_state = (d_state[0] + d_output, *d_state[1:])
        d_states.append(d_state)
        d_x, d_state, found = cell.step_back(values, d_state)
        d_inputs.append(d_x)
        for name, gradient in found.items():
            d_weights[name] += gradient
    return Gradients(d_weights, np.stack(d_inputs[::-1]), d_states[::-1], d_state)


def norm(arrays: Mapping[str, Array]) -> float:
    """The length of all arrays together as one vector."""
    return float(
        np.sqrt(sum(np.sum(np.square(array, dtype=np.float64)) for array in arrays.values()))
    )


def clip(gradients: Mapping[str, Array], most: float) -> float:
    """Shorten gradients, in place, to a length of ``most`` where they are longer (Pascanu et al.
    2013, algorithm 1); their direction stays.

    Returns:
        The length that they had.
    """
    length = norm(gradients)
    if length > most:
        for gradient in gradients.values():
            gradient *= most / length
    return length


def numeric_gradient(loss: Callable[[], float], array: Array, *, step: float = 1e-5) -> Array:
    """The gradient of a loss by each number of an array, by central differences: each is moved a
    little to both sides, and put back.

    Args:
        loss: computes the loss with the array as it is now.
        array: float64.
        step: how far each number is moved.
    """
    found = np.zeros_like(array)
    for place in np.ndindex(*array.shape):
        kept = array[place]
        array[place] = kept + step
        above = loss()
        array[place] = kept - step
        below = loss()
        array[place] = kept
        found[place] = (above - below) / (2 * step)
    return found


def gradient_error(
    cell: Cell, inputs: int, *, steps: int = 5, batch: int = 2, random_state: int = 0
) -> float:
    """How far :func:`backpropagate` is from numeric differences, over all weights and inputs.

    Whoever writes a cell of his own asks this first: a forgotten term shows as a large number, a
    right cell gives about 1e-9.

    Args:
        cell: a cell in float64.
        inputs: I.
        steps: T.
        batch: B.
        random_state: of the inputs and of the loss, a random sum of all outputs.
    """
    rng = np.random.default_rng(random_state)
    x = rng.normal(size=(steps, batch, inputs))
    weight = rng.normal(size=(steps, batch, cell.units))
    found = backpropagate(cell, read(cell, x), weight)

    def loss() -> float:
        return float(np.sum(weight * read(cell, x).outputs))

    checked = [(found.inputs, x), *((found.weights[n], cell.weights[n]) for n in cell.weights)]
    return max(float(np.abs(ours - numeric_gradient(loss, array)).max()) for ours, array in checked)

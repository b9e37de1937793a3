"""The cells, and backpropagation through time, against numeric differences."""

from __future__ import annotations

import numpy as np
import pytest

from textrnn.errors import ConfigurationError
from textrnn.lab.bptt import backpropagate, clip, gradient_error, norm, read
from textrnn.lab.cells.kinds import CELLS
from textrnn.lab.cells.lstm import LSTM
from textrnn.lab.cells.rnn import SimpleRNN
from textrnn.lab.cells.stacked import StackedCells


@pytest.mark.parametrize("name", CELLS)
def test_the_gradients_are_those_of_numeric_differences(name: str) -> None:
    rng = np.random.default_rng(1)
    cell = CELLS[name].random(3, 4, rng)
    for weight in cell.weights.values():  # biases begin as zeros, which would hide a lost one
        weight += rng.normal(0, 0.5, weight.shape)
    assert gradient_error(cell, 3, steps=6, batch=3) < 1e-6


def test_the_gradients_of_a_stack_are_those_of_numeric_differences() -> None:
    rng = np.random.default_rng(2)
    stack = StackedCells(
        [
            CELLS["gru"].random(3, 4, rng),
            CELLS["lstm"].random(4, 5, rng),
            SimpleRNN.random(5, 2, rng),
        ]
    )
    assert gradient_error(stack, 3) < 1e-6


def test_a_wrong_step_back_shows() -> None:
    class Forgetful(LSTM):
        def step_back(self, values, d_state):  # type: ignore[no-untyped-def]
            d_x, (d_h, d_c), weights = super().step_back(values, d_state)
            return d_x, (d_h, 0 * d_c), weights

    assert gradient_error(Forgetful.random(3, 4, np.random.default_rng(0)), 3) > 1e-3


def test_a_stack_gives_what_its_cells_give_one_after_the_other() -> None:
    rng = np.random.default_rng(3)
    lower, upper = CELLS["lstm"].random(3, 4, rng), CELLS["gru"].random(4, 5, rng)
    x = rng.normal(size=(7, 2, 3))
    stacked = read(StackedCells([lower, upper]), x)
    np.testing.assert_allclose(stacked.outputs, read(upper, read(lower, x).outputs).outputs)
    assert [array.shape[1] for array in stacked.state] == [5, 4, 4]


def test_the_gradient_by_the_first_state_is_that_of_numeric_differences() -> None:
    rng = np.random.default_rng(4)
    cell, x = LSTM.random(2, 3, rng), rng.normal(size=(4, 1, 2))
    h, c = rng.normal(size=(2, 1, 3))
    weight = rng.normal(size=(4, 1, 3))
    found = backpropagate(cell, read(cell, x, (h, c)), weight).first_state
    step = 1e-6
    moved = [
        np.sum(weight * (read(cell, x, (h, c + sign * step * np.eye(3)[:1])).outputs))
        for sign in (1, -1)
    ]
    assert found[1][0, 0] == pytest.approx((moved[0] - moved[1]) / (2 * step), abs=1e-6)


def test_an_lstm_begins_with_its_forget_gate_open() -> None:
    cell = LSTM.random(2, 3, np.random.default_rng(0))
    assert cell.weights["bias"].tolist() == [0] * 3 + [1] * 3 + [0] * 6
    recurrent = cell.weights["recurrent"]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(3), atol=1e-12)


def test_clipping_keeps_the_direction() -> None:
    gradients = {"a": np.array([3.0]), "b": np.array([[4.0]])}
    assert clip(gradients, 10.0) == 5.0
    assert gradients["a"].tolist() == [3.0]
    assert clip(gradients, 1.0) == 5.0
    assert (gradients["a"][0], gradients["b"][0, 0]) == pytest.approx((0.6, 0.8))
    assert norm(gradients) == pytest.approx(1.0)


def test_weights_of_another_shape_are_refused() -> None:
    weights = LSTM.random(2, 3, np.random.default_rng(0)).weights
    with pytest.raises(
        ConfigurationError, match=r"gru: kernel must be \(2, 9\); received \(2, 12\)"
    ):
        CELLS["gru"](weights)

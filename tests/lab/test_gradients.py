"""Gradients by distance: what is known of them beforehand, and the experiment as a whole."""

from __future__ import annotations

import json

import numpy as np
import pytest

from textrnn import lab
from textrnn.errors import ConfigurationError
from textrnn.lab.cells.lstm import LSTM
from textrnn.lab.cells.rnn import SimpleRNN
from textrnn.lab.gradient_norms import GradientNorms, norms_by_distance


@pytest.fixture(scope="module")
def found() -> GradientNorms:
    return lab.gradients(["rnn", "lstm"], length=30, units=8, steps=30)


def test_at_rest_a_stretched_matrix_stretches_the_gradient_as_a_power() -> None:
    """Of an rnn that reads nothing, the state is 0 and tanh' is 1: a step back is the matrix."""
    cell = SimpleRNN.random(2, 5, np.random.default_rng(0))
    cell.weights["kernel"][:] = 0
    cell.weights["recurrent"] *= 1.1
    norms = norms_by_distance(cell, 20, 0)
    assert norms == pytest.approx([1.1**distance for distance in range(21)])


def test_of_a_memory_the_gradient_goes_back_by_the_forget_gate_alone() -> None:
    cell = LSTM.random(2, 5, np.random.default_rng(0))
    for weight in cell.weights.values():
        weight[:] = 0
    norms = norms_by_distance(cell, 6, 0)  # f = o = σ(0) = 1/2, c = 0: ∂h/∂c = o, ∂c/∂c' = f
    assert norms == pytest.approx([1.0, *(0.5 * 0.5**distance for distance in range(1, 7))])


def test_each_curve_is_there_and_begins_at_its_output(found: GradientNorms) -> None:
    assert [(c.cell, c.weights) for c in found.curves] == [
        ("rnn", "random"), ("rnn", "random x 1.5"), ("lstm", "random"), ("rnn", "trained"),
        ("lstm", "trained"),
    ]  # fmt: skip
    assert found.curves[0].norms[0] == pytest.approx(1.0)
    assert len(found.curves[0].norms) == 31
    assert found.curves[0].norms[30] < found.curves[1].norms[30]


def test_clipping_keeps_the_loss_where_it_explodes_without() -> None:
    free, clipped = lab.gradients(["rnn"], length=1, steps=1).descents
    assert free.losses[0] == clipped.losses[0]
    assert max(free.losses) > 1e3
    assert max(clipped.losses[-5:]) < clipped.losses[0]
    assert free.norms[0] == clipped.norms[0] > 1.0


def test_the_same_random_state_gives_the_same_numbers(found: GradientNorms) -> None:
    again = lab.gradients(["rnn", "lstm"], length=30, units=8, steps=30)
    assert again.as_dict() == found.as_dict()
    other = lab.gradients(["rnn"], length=30, units=8, steps=1, random_state=1)
    assert other.curves[0] != found.curves[0]


def test_the_page_needs_nothing_else(found: GradientNorms) -> None:
    page = found.to_html()
    assert page.count("<svg") == 1
    assert "steps of gradient descent" in page.partition("<svg")[2]  # its texts are texts
    assert "http://www.w3.org" not in page.partition("</svg>")[2]
    assert "<script" not in page
    json.dumps(found.as_dict())


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="cell must be one of rnn, lstm, gru"):
        lab.gradients(["lstn"])
    with pytest.raises(ConfigurationError, match="length"):
        lab.gradients(length=0)

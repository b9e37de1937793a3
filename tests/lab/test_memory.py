"""The tasks by what they are, their losses by numeric differences, and what cells learn of them."""

from __future__ import annotations

import numpy as np
import pytest

from textrnn import lab
from textrnn.errors import ConfigurationError
from textrnn.lab.adding import Adding
from textrnn.lab.bptt import numeric_gradient
from textrnn.lab.cells.kinds import CELLS
from textrnn.lab.copying import Copying
from textrnn.lab.memory_span import TASKS, Memory
from textrnn.lab.training import Adam, TaskNetwork


def test_copying_asks_each_symbol_at_its_distance() -> None:
    batch = Copying().batch(6, 5, np.random.default_rng(0))
    assert batch.inputs.shape == (8, 5, 6)
    read = batch.inputs.argmax(axis=2)
    np.testing.assert_array_equal(read[:2], batch.targets)
    assert (read[2:6] == 4).all()  # blanks
    assert (read[6] == 5).all()  # the sign, 6 steps behind the first symbol
    assert (read[7] == 4).all()


def test_adding_asks_the_sum_of_the_marked_numbers() -> None:
    batch = Adding().batch(9, 200, np.random.default_rng(0))
    numbers, marks = batch.inputs[..., 0], batch.inputs[..., 1]
    assert (marks[:4].sum(axis=0) == 1).all()
    assert (marks[4:].sum(axis=0) == 1).all()
    np.testing.assert_allclose((numbers * marks).sum(axis=0), batch.targets)
    mean = np.mean((Adding().batch(9, 20_000, np.random.default_rng(1)).targets - 1.0) ** 2)
    assert mean == pytest.approx(Adding.chance, rel=0.05)


@pytest.mark.parametrize("name", TASKS)
def test_the_whole_gradient_is_that_of_numeric_differences(name: str) -> None:
    rng, task = np.random.default_rng(0), TASKS[name]
    network = TaskNetwork(CELLS["gru"].random(task.inputs, 3, rng), task, rng)
    batch = task.batch(5, 4, rng)
    loss, found = network.gradients(batch)
    assert loss == pytest.approx(task.loss(network.answer(batch.inputs)[0], batch.targets)[0])
    for weight, array in network.weights.items():
        numeric = numeric_gradient(lambda: network.gradients(batch)[0], array)
        np.testing.assert_allclose(found[weight], numeric, atol=1e-6)


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate() -> None:
    weights = {"a": np.array([1.0, -2.0])}
    adam = Adam(weights, 0.1)
    adam.step({"a": np.array([0.003, -40.0])})
    np.testing.assert_allclose(weights["a"], [0.9, -1.9], atol=1e-4)
    adam.step({"a": np.array([0.003, -40.0])})  # the same gradient again: the same step
    np.testing.assert_allclose(weights["a"], [0.8, -1.8], atol=1e-4)


def test_a_gru_learns_to_add() -> None:
    found = lab.memory(["gru"], tasks=["adding"], length=10, units=16, steps=400)
    (result,) = found.results
    assert result.losses[0] > 0.1
    assert max(result.scores[:3]) < 0.02  # as far as in training
    assert found.reach(result) == 10
    assert found.distances == (2, 5, 10, 20)


def test_the_same_random_state_gives_the_same_numbers() -> None:
    def made(random_state: int) -> Memory:
        return lab.memory(["rnn"], length=3, units=3, steps=5, random_state=random_state)

    assert made(0).as_dict() == made(0).as_dict()
    assert made(0).results != made(1).results


def test_a_distance_counts_when_all_nearer_ones_are_bridged() -> None:
    made = lab.memory(["rnn"], length=5, units=3, steps=1)
    for scores, reached in (((0.99, 0.96, 0.9), 5), ((0.9, 0.99, 0.99), 0), ((1.0, 1.0, 1.0), 10)):
        result = type(made.results[0])("copying", "rnn", scores, (1.0,))
        assert made.reach(result) == reached


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="task must be one of copying, adding"):
        lab.memory(tasks=["sorting"])

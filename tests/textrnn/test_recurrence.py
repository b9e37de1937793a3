"""The loop of a recurrent layer: what it gives, and its gradients, against Keras' own layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.train

LAYERS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def made(*shape: int, seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, 0.5, shape).astype(np.float32)


def gradients_of(run: Any, *given: Any) -> tuple[Any, list[Any]]:
    """What ``run`` gives, and the gradients of a number made of it."""
    import tensorflow as tf

    tensors = [tf.constant(part) for part in given]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        found = run(*tensors)
        total = sum(tf.reduce_sum(part * tf.sin(3.0 * part)) for part in found)
    return found, tape.gradient(total, tensors)


def both_ways(
    cell: str, keep: NDArray[np.float32], compute: str
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Outputs, last states and gradients of ours and of Keras' layer, read from begin to begin."""
    import keras
    import tensorflow as tf

    from textrnn.training.layers.recurrence import run_steps

    layer = getattr(keras.layers, LAYERS[cell])(5, return_sequences=True, return_state=True)
    layer.build((None, None, 3))
    kernel, matrix, bias = (made(*v.shape, seed=n) for n, v in enumerate(layer.weights))
    layer.set_weights([kernel, matrix, bias])
    inputs = made(2, 7, 3, seed=5)  # (B, T, D)
    states = [made(2, 5, seed=6 + n) for n in range(2 if cell == "lstm" else 1)]

    def ours(inputs: Any, kernel: Any, matrix: Any, bias: Any, *states: Any) -> list[Any]:
        of_inputs, recurrent = tf.unstack(bias) if cell == "gru" else (0.0, bias)
        gates = tf.transpose(tf.matmul(inputs, kernel) + of_inputs, (1, 0, 2))
        outputs, end = run_steps(
            cell, gates, keep.T[..., None], list(states), matrix, recurrent, compute=compute
        )
        return [tf.transpose(outputs, (1, 0, 2)), *end]

    def keras_own(inputs: Any, kernel: Any, matrix: Any, bias: Any, *states: Any) -> list[Any]:
        parts: list[Any] = []
        now: list[Any] = list(states)
        with keras.StatelessScope(zip(layer.weights, (kernel, matrix, bias), strict=True)):
            for step in range(7):
                now = [part * keep[:, step, None] for part in now]
                part, *now = layer(inputs[:, step : step + 1], initial_state=now)
                parts.append(part)
        return [tf.concat(parts, axis=1), *now]

    given = (inputs, kernel, matrix, bias, *states)
    (found, slopes), (expected, right) = (gradients_of(f, *given) for f in (ours, keras_own))
    return [
        (np.asarray(one), np.asarray(other))
        for one, other in zip([*found, *slopes], [*expected, *right], strict=True)
    ]


@pytest.mark.parametrize("cell", LAYERS)
def test_it_reads_and_learns_as_keras_layers_do(cell: str) -> None:
    keep = np.array([[1, 1, 1, 0, 1, 1, 1], [0, 1, 1, 1, 1, 0, 0]], np.float32)
    for one, other in both_ways(cell, keep, "float32"):
        assert one == pytest.approx(other, abs=2e-5)


@pytest.mark.parametrize("cell", LAYERS)
def test_products_of_16_bits_are_near_those_of_32(cell: str) -> None:
    keep = np.ones((2, 7), np.float32)
    errors = [
        np.linalg.norm(one - other) / np.linalg.norm(other)
        for one, other in both_ways(cell, keep, "bfloat16")
    ]
    assert 1e-5 < max(errors) < 0.03  # bfloat16 has 8 bits of a number's digits

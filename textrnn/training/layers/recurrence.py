"""The steps of a recurrent layer over a window, forward and back.

TensorFlow's own gradient of such a loop adds up the recurrent matrix's at every step, which writes
a matrix of that size each time. Here the products are few and large: that of the inputs is taken
before the loop, and the gradient of the recurrent matrix after it, for all steps at once
(Appleyard et al. 2016, section 3.1 and 3.3). What is left to a step is the product with the state.

Shapes: T tokens, B streams of text, U units, G gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import ops


def product(left: Any, right: Any, compute: Any = "float32") -> Any:
    """The product (…, N) of ``left`` (…, M) and ``right`` (M, N) in float32, of factors in the
    numbers ``compute``; so are those of its gradients (Kalamkar et al. 2019, section 3.3).
    """
    rows = ops.reshape(ops.cast(left, compute), (-1, right.shape[0]))  # one product, not a batch
    found = ops.cast(ops.matmul(rows, ops.cast(right, compute)), "float32")
    return ops.reshape(found, (*ops.shape(left)[:-1], right.shape[1]))


def run_steps(
    cell: str,
    inputs: Any,
    keep: Any,
    states: list[Any],
    matrix: Any,
    bias: Any,
    *,
    compute: str = "float32",
) -> tuple[Any, list[Any]]:
    """Read a window.

    Args:
        cell: ``rnn``, ``lstm`` or ``gru``.
        inputs: the gates' inputs (T, B, G U): the products with what is read.
        keep: 0 where the states are to be set to zero before a step, else 1, (T, B, 1).
        states: (B, U) each; for an LSTM the state and the memory.
        matrix: the recurrent one, (U, G U).
        bias: of the product with it, (G U,).
        compute: the numbers that the factors of products are in; all else is float32.

    Returns:
        The outputs (T, B, U) and the states after the last step.
    """
    import tensorflow as tf

    @tf.custom_gradient  # type: ignore[untyped-decorator, unused-ignore]
    def window(inputs: Any, matrix: Any, bias: Any, *begin: Any) -> Any:
        factor = tf.cast(matrix, compute)
        recurrent, kept, end = _forward(cell, inputs, keep, begin, factor, bias)

        def gradient(d_outputs: Any, *d_end: Any) -> Any:
            starts = zip(begin, kept, strict=True)
            before = [tf.concat([first[None], part[:-1]], axis=0) * keep for first, part in starts]
            d_inputs, d_recurrent, d_begin = _backward(
                cell, (inputs, recurrent, *before), keep, factor, d_outputs, d_end
            )
            d_recurrent = tf.reshape(d_recurrent, (-1, bias.shape[0]))
            read = tf.reshape(before[0], (-1, matrix.shape[0]))
            d_matrix = tf.matmul(
                tf.cast(read, compute), tf.cast(d_recurrent, compute), transpose_a=True
            )
            d_bias = tf.reduce_sum(d_recurrent, axis=0)
            return d_inputs, tf.cast(d_matrix, tf.float32), d_bias, *d_begin

        return (kept[0], *end), gradient

    given = (inputs, matrix, bias, *states)
    outputs, *end = window(*(tf.convert_to_tensor(part) for part in given))
    return outputs, end


def _forward(
    cell: str, inputs: Any, keep: Any, begin: Sequence[Any], matrix: Any, bias: Any
) -> tuple[Any, list[Any], list[Any]]:
    """The products with the state (T, B, G U), the states after each step (T, B, U), and the last
    ones.
    """
    import tensorflow as tf

    length = tf.shape(inputs)[0]

    def read(step: Any, recurrent: Any, kept: list[Any], *states: Any) -> Any:
        before = [state * keep[step] for state in states]
        gates = product(before[0], matrix, matrix.dtype) + bias
        new = _CELLS[cell](inputs[step], gates, before)
        kept = [part.write(step, state) for part, state in zip(kept, new, strict=True)]
        return step + 1, recurrent.write(step, gates), kept, *new

    empty, *kept = (tf.TensorArray(tf.float32, size=length) for _ in (matrix, *begin))
    _, recurrent, kept, *end = tf.while_loop(
        lambda step, *_: step < length, read, (0, empty, kept, *begin)
    )
    return recurrent.stack(), [part.stack() for part in kept], end


def _backward(
    cell: str,
    read: Sequence[Any],
    keep: Any,
    matrix: Any,
    d_outputs: Any,
    d_end: Sequence[Any],
) -> tuple[Any, Any, Sequence[Any]]:
    """Gradients of the inputs (T, B, G U), of the products with the state (T, B, G U), and of the
    first states (B, U); ``read`` is what the cell read at each step, (T, B, …) each.
    """
    import tensorflow as tf

    length, turned = tf.shape(keep)[0], tf.transpose(matrix)

    def back(step: Any, d_inputs: Any, d_recurrent: Any, *d_states: Any) -> Any:
        given = [part[step] for part in read]
        with tf.GradientTape() as tape:
            tape.watch(given)
            new = _CELLS[cell](given[0], given[1], given[2:])
        d_new = [d_states[0] + d_outputs[step], *d_states[1:]]
        d_input, d_gates, *d_before = tape.gradient(
            new, given, output_gradients=d_new, unconnected_gradients="zero"
        )
        d_before[0] += product(d_gates, turned, matrix.dtype)
        kept = [part * keep[step] for part in d_before]
        return step - 1, d_inputs.write(step, d_input), d_recurrent.write(step, d_gates), *kept

    empty = [tf.TensorArray(tf.float32, size=length) for _ in range(2)]
    _, d_inputs, d_recurrent, *d_begin = tf.while_loop(
        lambda step, *_: step >= 0, back, (length - 1, *empty, *d_end)
    )
    return d_inputs.stack(), d_recurrent.stack(), d_begin


def _rnn(inputs: Any, recurrent: Any, states: list[Any]) -> list[Any]:
    return [ops.tanh(inputs + recurrent)]


def _lstm(inputs: Any, recurrent: Any, states: list[Any]) -> list[Any]:
    entry, forget, candidate, output = ops.split(inputs + recurrent, 4, axis=1)
    memory = ops.sigmoid(forget) * states[1] + ops.sigmoid(entry) * ops.tanh(candidate)
    return [ops.sigmoid(output) * ops.tanh(memory), memory]


def _gru(inputs: Any, recurrent: Any, states: list[Any]) -> list[Any]:
    """Cho et al. 2014, the reset gate after the product, as Keras and cuDNN have it."""
    update, reset, candidate = ops.split(inputs, 3, axis=1)
    own_update, own_reset, own_candidate = ops.split(recurrent, 3, axis=1)
    kept = ops.sigmoid(update + own_update)
    new = ops.tanh(candidate + ops.sigmoid(reset + own_reset) * own_candidate)
    return [kept * states[0] + (1.0 - kept) * new]


_CELLS = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}

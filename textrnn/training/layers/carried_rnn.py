"""Recurrent layers that take up where they left off: states go in and come out.

Shapes: B streams of text, T tokens, D inputs, U units, G gates.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require_choice, require_rate
from textrnn.network import CELLS, GATES


class _Window:
    """What the steps of a window share: the recurrent matrix, after dropout, and for a GRU the
    recurrent bias. A plain object, since Keras would take tensors in a layer for its own state.
    """

    matrix: Any = None  # (U, G U)
    bias: Any = None  # (G U,)


@keras.saving.register_keras_serializable("textrnn")
class RecurrentStep(keras.layers.Layer):  # type: ignore[misc]
    """One step of a recurrent layer, the products with its inputs done beforehand.

    It has no weights: the layer around it sets ``window`` before the first step.

    Args:
        cell: ``rnn``, ``lstm`` or ``gru``.
        units: U.
    """

    def __init__(self, cell: str, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.cell, self.units = cell, units
        self.window = _Window()
        self.state_size = [units] * (2 if cell == "lstm" else 1)
        self.output_size = units

    def call(self, inputs: Any, states: Any) -> tuple[Any, Any]:
        """From the gates' inputs and a 0 where a document begins, (B, G U + 1), and the states
        (B, U) to the output (B, U) and the new states.
        """
        gates, keep = inputs[:, :-1], inputs[:, -1:]
        states = [state * keep for state in states]
        if self.cell == "rnn":
            state = ops.tanh(gates + ops.matmul(states[0], self.window.matrix))
            return state, [state]
        if self.cell == "gru":
            state = self._gru(gates, states[0])
            return state, [state]
        entry, forget, candidate, output = ops.split(
            gates + ops.matmul(states[0], self.window.matrix), 4, axis=1
        )
        memory = ops.sigmoid(forget) * states[1] + ops.sigmoid(entry) * ops.tanh(candidate)
        state = ops.sigmoid(output) * ops.tanh(memory)
        return state, [state, memory]

    def _gru(self, gates: Any, state: Any) -> Any:
        """Cho et al. 2014, the reset gate after the product, as Keras and cuDNN have it."""
        update, reset, candidate = ops.split(gates, 3, axis=1)
        recurrent = ops.matmul(state, self.window.matrix) + self.window.bias
        own_update, own_reset, own_candidate = ops.split(recurrent, 3, axis=1)
        kept = ops.sigmoid(update + own_update)
        new = ops.tanh(candidate + ops.sigmoid(reset + own_reset) * own_candidate)
        return kept * state + (1.0 - kept) * new

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "cell": self.cell, "units": self.units}


@keras.saving.register_keras_serializable("textrnn")
class CarriedRNN(keras.layers.Layer):  # type: ignore[misc]
    """A recurrent layer whose states are given and returned.

    Args:
        cell: ``rnn``, ``lstm`` or ``gru``.
        units: U.
        recurrent_dropout: share of the state dropped as the gates read it, one mask a window.
        weight_dropout: share of the recurrent matrix dropped, one mask a window (DropConnect on
            the recurrent weights: Merity et al. 2018, section 2).
    """

    def __init__(
        self,
        cell: str,
        units: int,
        *,
        recurrent_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        require_choice("cell", cell, CELLS)
        require_rate("recurrent_dropout", recurrent_dropout)
        require_rate("weight_dropout", weight_dropout)
        super().__init__(**options)
        self.cell, self.units = cell, units
        self.recurrent_dropout, self.weight_dropout = recurrent_dropout, weight_dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.step = RecurrentStep(cell, units)
        self.loop = keras.layers.RNN(self.step, return_sequences=True, return_state=True)

    def build(self, inputs_shape: tuple[int | None, ...], **_: Any) -> None:
        """Create the weights for inputs (B, T, D)."""
        inputs = inputs_shape[-1]
        width = GATES[self.cell] * self.units
        self.kernel = self.add_weight(
            shape=(inputs, width), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent = self.add_weight(
            shape=(self.units, width), initializer="orthogonal", name="recurrent"
        )
        shape = (2, width) if self.cell == "gru" else (width,)  # of inputs, and of the recurrence
        self.bias = self.add_weight(shape=shape, initializer=self._bias, name="bias")
        self.loop.build((None, None, width + 1))

    def call(self, inputs: Any, keep: Any, states: Any, training: bool = False) -> Any:
        """Read a window.

        Args:
            inputs: (B, T, D).
            keep: (B, T), 0 where the states are to be set to zero before the token is read.
            states: a list of (B, U): for an LSTM the state and the memory.
            training: whether to drop.

        Returns:
            The outputs (B, T, U) and the list of states after the last token.
        """
        self.step.window.matrix = self._dropped_matrix(training)
        bias = self.bias
        if self.cell == "gru":
            bias, self.step.window.bias = ops.unstack(self.bias)
        gates = ops.matmul(inputs, self.kernel) + bias
        found = self.loop(
            ops.concatenate([gates, keep[..., None]], axis=-1),
            initial_state=list(states),
        )
        return found[0], list(found[1:])

    def _dropped_matrix(self, training: bool) -> Any:
        """The recurrent matrix of this window.

        Dropping a unit of the state, as the gates read it, is dropping its row of the matrix; the
        windows of a batch share the mask.
        """
        matrix = ops.convert_to_tensor(self.recurrent)
        if not training:
            return matrix
        seed = self.seed_generator
        if self.weight_dropout:
            matrix = keras.random.dropout(matrix, self.weight_dropout, seed=seed)
        if self.recurrent_dropout:
            shape = (self.units, 1)
            matrix = keras.random.dropout(
                matrix, self.recurrent_dropout, noise_shape=shape, seed=seed
            )
        return matrix

    def _bias(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Zeros, and ones for an LSTM's forget gates (Jozefowicz et al. 2015)."""
        bias = ops.zeros(shape, dtype=dtype)
        if self.cell != "lstm":
            return bias
        units = self.units
        ones = ops.ones((units,), dtype=dtype)
        return ops.concatenate([bias[:units], ones, bias[2 * units :]])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        names = ("cell", "units", "recurrent_dropout", "weight_dropout", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

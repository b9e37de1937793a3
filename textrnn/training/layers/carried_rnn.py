"""Recurrent layers that take up where they left off: states go in and come out.

Shapes: B streams of text, T tokens, D inputs, U units, G gates.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require_choice, require_rate
from textrnn.network import CELLS, GATES
from textrnn.training.layers.recurrence import product, run_steps


@keras.saving.register_keras_serializable("textrnn")
class CarriedRNN(keras.layers.Layer):  # type: ignore[misc]
    """A recurrent layer whose states are given and returned.

    Args:
        cell: ``rnn``, ``lstm`` or ``gru``.
        units: U.
        recurrent_dropout: share of the state dropped as the gates read it, one mask a window.
        weight_dropout: share of the recurrent matrix dropped, one mask a window (DropConnect on
            the recurrent weights: Merity et al. 2018, section 2).
        compute: the numbers that the factors of products are in, ``float32`` or ``bfloat16``; all
            else is float32.
    """

    def __init__(
        self,
        cell: str,
        units: int,
        *,
        recurrent_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        compute: str = "float32",
        seed: int | None = None,
        **options: Any,
    ) -> None:
        require_choice("cell", cell, CELLS)
        require_rate("recurrent_dropout", recurrent_dropout)
        require_rate("weight_dropout", weight_dropout)
        super().__init__(**options)
        self.cell, self.units = cell, units
        self.recurrent_dropout, self.weight_dropout = recurrent_dropout, weight_dropout
        self.compute, self.seed = compute, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

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

    def call(
        self, inputs: Any, keep: Any, states: Any, matrix: Any = None, training: bool = False
    ) -> Any:
        """Read a window.

        Args:
            inputs: (B, T, D).
            keep: (B, T), 0 where the states are to be set to zero before the token is read.
            states: a list of (B, U): for an LSTM the state and the memory.
            matrix: from :meth:`recurrent_matrix`, where several windows share it.
            training: whether to drop.

        Returns:
            The outputs (B, T, U) and the list of states after the last token.
        """
        gates, bias = product(inputs, self.kernel, self.compute), self.bias
        if self.cell == "gru":
            of_inputs, bias = ops.unstack(self.bias)
            gates = gates + of_inputs
        outputs, end = run_steps(
            self.cell,
            ops.transpose(gates, (1, 0, 2)),  # (T, B, G U)
            ops.transpose(keep)[..., None],
            list(states),
            self.recurrent_matrix(training) if matrix is None else matrix,
            bias,
            compute=self.compute,
        )
        return ops.transpose(outputs, (1, 0, 2)), end

    def recurrent_matrix(self, training: bool) -> Any:
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
        names = ("cell", "units", "recurrent_dropout", "weight_dropout", "compute", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

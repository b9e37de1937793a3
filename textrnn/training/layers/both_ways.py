"""A recurrent layer that reads texts forward and backward, without a mask within its steps.

Shapes: B texts, T tokens, D inputs, U units.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.training.layers.carried_rnn import CarriedRNN


@keras.saving.register_keras_serializable("textrnn")
class BothWays(keras.layers.Layer):  # type: ignore[misc]
    """Two :class:`CarriedRNN` side by side, or the forward one alone.

    The products with the inputs of all tokens are taken at once. What reads backward begins with
    the padding on the right, and anew with a text's last token. What is given for padding means
    nothing.

    Args:
        cell: ``rnn``, ``lstm`` or ``gru``.
        units: U of each direction.
        bidirectional: whether there are two.
        recurrent_dropout: as :class:`CarriedRNN` has it.
        compute: likewise.
    """

    def __init__(
        self,
        cell: str,
        units: int,
        *,
        bidirectional: bool = True,
        recurrent_dropout: float = 0.0,
        compute: str = "float32",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.cell, self.units, self.bidirectional = cell, units, bidirectional
        self.recurrent_dropout, self.compute = recurrent_dropout, compute
        self.readers = [
            CarriedRNN(cell, units, recurrent_dropout=recurrent_dropout, compute=compute, name=name)
            for name in ("forward", "backward")[: 1 + bidirectional]
        ]

    def build(self, inputs_shape: tuple[int | None, ...], *_: Any) -> None:
        """Create the weights for inputs (B, T, D)."""
        for reader in self.readers:
            reader.build(inputs_shape)

    def call(self, inputs: Any, mask: Any, training: bool = False) -> tuple[Any, Any]:
        """Read texts.

        Args:
            inputs: (B, T, D).
            mask: (B, T), true where a token is: the padding is on the right.
            training: whether to drop.

        Returns:
            The outputs (B, T, U), or of two directions (B, T, 2 U), and the states after the last
            token and, backward, after the first, side by side; zeros for a text without tokens.
        """
        present = ops.cast(mask, "float32")  # (B, T)
        start = [ops.zeros((ops.shape(inputs)[0], self.units))] * (2 if self.cell == "lstm" else 1)
        forward, _ = self.readers[0](inputs, ops.ones_like(present), start, training=training)
        last = ops.concatenate([present[:, 1:], ops.zeros_like(present[:, :1])], axis=1)
        ends = (present - last)[..., None]  # (B, T, 1), 1 at the last token
        final = ops.sum(forward * ends, axis=1)
        if not self.bidirectional:
            return forward, final
        turned, _ = self.readers[1](
            ops.flip(inputs, axis=1), ops.flip(last, axis=1), start, training=training
        )
        backward = ops.flip(turned, axis=1)
        outputs = ops.concatenate([forward, backward], axis=-1)
        return outputs, ops.concatenate([final, backward[:, 0] * present[:, :1]], axis=-1)

    def compute_output_shape(self, inputs_shape: tuple[int | None, ...], *_: Any) -> Any:
        """(B, T, U) and (B, U), U of both directions."""
        units = self.units * len(self.readers)
        return (*inputs_shape[:2], units), (inputs_shape[0], units)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        names = ("cell", "units", "bidirectional", "recurrent_dropout", "compute")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

"""Attention of a decoder over what an encoder read.

Shapes: B sentences, T steps that ask, U numbers of each, S tokens that are asked, K numbers of
each, A numbers by which they are known. A mask is boolean, (B, S), true where a token is.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require
from textrnn.training.layers.recurrence import product


@keras.saving.register_keras_serializable("textrnn")
class Attention(keras.layers.Layer):  # type: ignore[misc]
    """Additive attention, ``v . tanh(M h + b + Q q)`` (Bahdanau et al. 2015, section A.1.2), or
    multiplicative, ``q . M h`` (Luong et al. 2015, section 3.1, "general").

    A sentence without tokens has weights and contexts of zero.

    Args:
        units: A of additive attention; 0 for the multiplicative one, where A is U.
        compute: the numbers that the factors of products are in, ``float32`` or ``bfloat16``.
    """

    def __init__(self, units: int = 0, *, compute: str = "float32", **options: Any) -> None:
        require(units >= 0, f"units must be 0 or more. Received: units={units}")
        super().__init__(**options)
        self.units, self.compute = units, compute

    def build(self, queries_shape: tuple[int | None, ...], values_shape: Any, *_: Any) -> None:
        """Create the weights for queries (B, T, U) and values (B, S, K)."""
        asking, known = queries_shape[-1], self.units or queries_shape[-1]
        self.memory = self.add_weight(
            shape=(values_shape[-1], known), initializer="glorot_uniform", name="memory"
        )
        if self.units:
            self.bias = self.add_weight(shape=(known,), initializer="zeros", name="bias")
            self.query = self.add_weight(
                shape=(asking, known), initializer="glorot_uniform", name="query"
            )
            self.score = self.add_weight(
                shape=(known, 1), initializer="glorot_uniform", name="score"
            )

    def keys(self, values: Any) -> Any:
        """By what the tokens are known, (B, S, A), of their values (B, S, K)."""
        keys = product(values, self.memory, self.compute)
        return keys + self.bias if self.units else keys

    def call(self, queries: Any, values: Any, keys: Any, mask: Any) -> tuple[Any, Any]:
        """Ask the tokens.

        Args:
            queries: (B, T, U).
            values: (B, S, K).
            keys: of :meth:`keys`, (B, S, A).
            mask: (B, S).

        Returns:
            The contexts (B, T, K), and the weights (B, T, S), which sum to 1.
        """
        if self.units:
            asked = product(queries, self.query, self.compute)[:, :, None]  # (B, T, 1, A)
            hidden = ops.tanh(keys[:, None] + asked)  # (B, T, S, A)
            scores = ops.squeeze(ops.matmul(hidden, self.score), axis=-1)  # (B, T, S)
        else:
            scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
        present = ops.cast(mask, "float32")[:, None]  # (B, 1, S)
        scores = scores - 1e9 * (1.0 - present)
        share = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True)) * present
        weights = share / ops.maximum(ops.sum(share, axis=-1, keepdims=True), 1e-9)
        return ops.matmul(weights, values), weights

    def compute_output_shape(
        self, queries_shape: tuple[int | None, ...], values_shape: Any, *_: Any
    ) -> Any:
        """(B, T, K) and (B, T, S)."""
        return (*queries_shape[:2], values_shape[-1]), (*queries_shape[:2], values_shape[1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "units": self.units, "compute": self.compute}

"""Dropout of whole tokens and of rows."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require_rate


@keras.saving.register_keras_serializable("textrnn")
class WordDropout(keras.layers.Layer):  # type: ignore[misc]
    """Replaces a share of the tokens by ``<unk>`` while training.

    The network learns not to lean on single words, and the row of unknown words is trained
    (Dai & Le 2015, section 4; Iyyer et al. 2015, section 3.1, drop the words altogether).

    Args:
        rate: share of tokens replaced.
        unknown: id of ``<unk>``; ids of padding (0) are left alone.
    """

    def __init__(self, rate: float, *, unknown: int, seed: int | None = None, **options: Any):
        require_rate("rate", rate)
        super().__init__(**options)
        self.rate = rate
        self.unknown = unknown
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Map ``tokens`` (B, T) to (B, T)."""
        if not training or self.rate == 0.0:
            return tokens
        draw = keras.random.uniform(ops.shape(tokens), seed=self.seed_generator)
        dropped = ops.logical_and(draw < self.rate, tokens != 0)
        return ops.where(dropped, ops.cast(self.unknown, tokens.dtype), tokens)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"rate": self.rate, "unknown": self.unknown, "seed": self.seed}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("textrnn")
class RowDropout(keras.layers.Layer):  # type: ignore[misc]
    """Zeroes a share of the vocabulary's rows wherever they occur in a window.

    (Gal & Ghahramani 2016, section 4.2; Merity et al. 2018, section 4.3.) The output layer, tied
    or not, keeps them.

    Args:
        rate: share of the vocabulary.
        rows: V.
    """

    def __init__(self, rate: float, *, rows: int, seed: int | None = None, **options: Any) -> None:
        require_rate("rate", rate)
        super().__init__(**options)
        self.rate, self.rows, self.seed = rate, rows, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, embedded: Any, tokens: Any, training: bool = False) -> Any:
        """Map ``embedded`` (B, T, E), the rows of ``tokens`` (B, T), to the same shape."""
        if not training or self.rate == 0.0:
            return embedded
        ones = ops.ones((self.rows,), dtype=embedded.dtype)
        kept = keras.random.dropout(ones, self.rate, seed=self.seed_generator)
        return embedded * ops.take(kept, tokens)[..., None]

    def compute_output_shape(self, input_shape: tuple[int | None, ...], *_: Any) -> Any:
        """The shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "rate": self.rate, "rows": self.rows, "seed": self.seed}

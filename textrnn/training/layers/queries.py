"""What asks a recurrent layer for all segments of a forecast at once (Lin et al. 2023, section
3.2.2, "parallel multi-step forecasting").

Shapes: B windows, K targets, m segments, D units.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from textrnn.configuration import require


@keras.saving.register_keras_serializable("textrnn")
class Queries(keras.layers.Layer):  # type: ignore[misc]
    """States (B K, D) to the inputs (B K m, 1, D) of the steps that decode, and the states from
    which these begin, (B K m, D).

    The first half of an input says which segment is asked for, the second of which target.

    Args:
        segments: m.
        targets: K.
    """

    def __init__(self, segments: int, targets: int, **options: Any) -> None:
        for name, value in (("segments", segments), ("targets", targets)):
            require(value >= 1, f"{name} must be at least 1. Received: {name}={value}")
        super().__init__(**options)
        self.segments = segments
        self.targets = targets

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for states of shape (B K, D)."""
        units = input_shape[-1]
        assert units is not None
        for name, rows in (("positions", self.segments), ("targets", self.targets)):
            weight = self.add_weight(shape=(rows, units // 2), initializer="normal", name=name)
            setattr(self, f"{name}_table", weight)

    def call(self, states: Any) -> tuple[Any, Any]:
        """Ask from these states."""
        segments, targets = self.segments, self.targets
        positions = ops.tile(self.positions_table, (targets, 1))
        asked = ops.repeat(self.targets_table, segments, axis=0)
        queries = ops.concatenate([positions, asked], axis=-1)  # (K m, D)
        windows = ops.shape(states)[0] // targets
        queries = ops.tile(queries, (windows, 1))[:, None, :]  # (B K m, 1, D)
        return queries, ops.repeat(states, segments, axis=0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """(B K m, 1, D) and (B K m, D)."""
        return (None, 1, input_shape[-1]), (None, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "segments": self.segments, "targets": self.targets}

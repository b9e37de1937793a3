"""The loss of a classifier's labels.

Shapes: B texts, T tokens, L labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

from textrnn.training.loop.backend import value_and_gradients, with_penalties
from textrnn.training.loop.step import Inputs, Pass


class Labels:
    """A term (:class:`textrnn.training.loop.step.Term`): the weighted mean cross-entropy of texts
    with labels, and the penalties of the layers on their weights.

    It reads ``tokens`` (B, T), ``targets`` (B, L), which are probabilities of the labels, and
    ``weights`` (B,) of the texts.

    Args:
        model: from tokens (B, T) to logits (B, L).
        label_smoothing: share of the target that is spread over all labels.
    """

    def __init__(self, model: keras.Model, *, label_smoothing: float = 0.0) -> None:
        self.model = model
        self.inputs: Inputs = {
            "tokens": ((None, None), "int32"),
            "targets": ((None, model.output_shape[-1]), "float32"),
            "weights": ((None,), "float32"),
        }
        self.state: Sequence[keras.Variable] = ()
        self._entropy = keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=label_smoothing
        )

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over the texts."""

        def loss_of() -> tuple[Any, None]:
            logits = self.model(batch["tokens"], training=True)
            return with_penalties(self.of(logits, batch), self.model), None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        yield loss, gradients

    def of(self, logits: Any, batch: Mapping[str, Any]) -> Any:
        """The loss of logits (B, L) in nats, penalties left out."""
        return self._entropy(batch["targets"], logits, sample_weight=batch["weights"])

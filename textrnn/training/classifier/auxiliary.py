"""A classifier that stays a language model while it learns labels.

The first encoder's forward states go on predicting the next token and its backward states the one
before, by the rows of the embedding: an auxiliary loss (Rei 2017, section 4; Chronopoulou, Baziotis
& Potamianos 2019, section 3, who keep the head of the language model for it). The products that
cost most, those of the encoder, serve both losses. Where the encoder has several times the
embedding's units, its states are cut into so many parts, whose sum predicts.

Shapes: B texts, T tokens, E embedding units, U encoder units a direction, L labels, K candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.losses import Labels
from textrnn.training.loop.backend import as_dense, value_and_gradients, with_penalties
from textrnn.training.loop.sampled_softmax import Candidates, sampled_cross_entropy
from textrnn.training.loop.step import Inputs, Pass


class LabelsAndNeighbours(Labels):
    """A term: the labels, and the weighted mean loss of predicting the tokens beside each.

    It reads besides the ``candidates`` (K,) drawn for the softmax, the ``weight`` () of the mean
    loss of a predicted token, and where there are further texts their tokens ``plain`` (B', T').

    Args:
        model: from :func:`textrnn.training.classifier.model.build_classifier`, of a network that
            passes :func:`textrnn.training.classifier.plan.check_auxiliary`.
        candidates: that are drawn for the softmax.
        frequencies: how often each token occurs, (V,): the tokens' biases are the logarithms.
        label_smoothing: share of the target that is spread over all labels.
        reads_plain: whether the language model reads further texts, too.
    """

    def __init__(
        self,
        model: keras.Model,
        candidates: Candidates,
        frequencies: NDArray[np.float32],
        *,
        label_smoothing: float = 0.0,
        reads_plain: bool = False,
    ) -> None:
        super().__init__(model, label_smoothing=label_smoothing)
        further: Inputs = {"plain": ((None, None), "int32")} if reads_plain else {}
        drawn: Inputs = {"candidates": ((None,), "int32"), "weight": ((), "float32")}
        self.inputs = {**self.inputs, **drawn, **further}
        self._reads_plain = reads_plain
        encoder = model.get_layer("encoder_0")
        self._bidirectional = isinstance(encoder, keras.layers.Bidirectional)
        encoded = encoder.output[0]  # (B, T, U) or, both ways, (B, T, 2 U)
        self._both = keras.Model(model.input, [model.output, encoded])
        self._encode = keras.Model(model.input, encoded)
        self._table = model.get_layer("embedding").embeddings
        self._bias = ops.convert_to_tensor(np.log(frequencies + 1e-8))
        self._expected = ops.convert_to_tensor(candidates.log_expected)
        self._width = encoded.shape[-1] // (2 if self._bidirectional else 1)  # U

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass, in which the encoder's products serve both losses."""

        def loss_of() -> tuple[Any, None]:
            tokens, drawn = batch["tokens"], batch["candidates"]
            logits, states = self._both(tokens, training=True)
            loss = with_penalties(self.of(logits, batch), self.model)
            neighbours = self._neighbours_loss(states, tokens, drawn)
            if self._reads_plain:
                plain = batch["plain"]
                states = self._encode(plain, training=True)
                neighbours = neighbours + self._neighbours_loss(states, plain, drawn)
            return loss + batch["weight"] * neighbours, None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        # The embedding's come as rows, from several parts of the loss.
        yield loss, as_dense(gradients, variables)

    def _neighbours_loss(self, states: Any, tokens: Any, drawn: Any) -> Any:
        """The mean of both directions' losses in nats, of states (B, T, U or 2 U)."""
        after = self._neighbour_loss(states[:, :-1, : self._width], tokens[:, 1:], drawn)
        if not self._bidirectional:
            return after
        # Behind a text's end the padding is skipped: those states are not asked.
        within = ops.where(ops.equal(tokens[:, 1:], Tokenizer.PAD), 0, tokens[:, :-1])
        before = self._neighbour_loss(states[:, 1:, self._width :], within, drawn)
        return (after + before) / 2.0

    def _neighbour_loss(self, states: Any, tokens: Any, drawn: Any) -> Any:
        """Mean loss in nats of predicting tokens (B, T - 1) by states (B, T - 1, U)."""
        present = ops.reshape(ops.cast(ops.not_equal(tokens, Tokenizer.PAD), "float32"), (-1,))
        flat, units = ops.reshape(states, (-1, self._width)), int(self._table.shape[1])
        parts = [flat[:, begin : begin + units] for begin in range(0, self._width, units)]
        losses = sampled_cross_entropy(
            sum(parts[1:], parts[0]),
            ops.reshape(tokens, (-1,)),
            drawn,
            self._table,
            self._bias,
            self._expected,
        )
        return ops.sum(losses * present) / ops.maximum(ops.sum(present), 1.0)

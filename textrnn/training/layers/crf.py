"""A linear-chain conditional random field (Lafferty et al. 2001) as a Keras layer.

Shapes: B sentences in a batch, T tokens (padded), L tags. A mask is boolean, (B, T), true where a
token is, and a sentence's tokens come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from textrnn.configuration import require
from textrnn.decoding.transitions import FORBIDDEN, allowed_transitions


@keras.saving.register_keras_serializable("textrnn")
class CRF(keras.layers.Layer):  # type: ignore[misc]
    """Scores a sequence of tags by its emissions and by which tags follow one another.

    ``score(y) = start[y_1] + sum_t emission[t, y_t] + sum_t transition[y_(t-1), y_t] + end[y_T]``
    and ``p(y) = exp(score(y)) / Z``; ``Z`` sums over all sequences of tags that the scheme allows
    (Lample et al. 2016, section 2.2). Called, the layer gives its emissions back unchanged: what
    it learns is in :meth:`log_likelihood`, to be maximised in training, and in its weights, by
    which :mod:`textrnn.decoding` finds the best tags.

    Args:
        tags: the tags' names, as ``("O", "B-PER", "I-PER")``: transitions that their scheme does
            not know are forbidden.
    """

    def __init__(self, tags: Sequence[str], **options: Any) -> None:
        require(len(tags) >= 1, f"tags must name at least one. Received: tags={tags}")
        super().__init__(**options)
        self.tags = list(tags)
        self.supports_masking = True
        self._barriers = [(1.0 - part) * FORBIDDEN for part in allowed_transitions(self.tags)]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights for emissions of shape (B, T, L)."""
        count = len(self.tags)
        require(
            input_shape[-1] == count,
            f"emissions must have {count} tags. Received: shape={tuple(input_shape)}",
        )
        self.transitions = self.add_weight(
            shape=(count, count), initializer="zeros", name="transitions"
        )
        self.start = self.add_weight(shape=(count,), initializer="zeros", name="start")
        self.end = self.add_weight(shape=(count,), initializer="zeros", name="end")

    def call(self, inputs: Any) -> Any:
        """The emissions (B, T, L), as they are."""
        return ops.convert_to_tensor(inputs)

    def log_likelihood(self, emissions: Any, tags: Any, mask: Any) -> Any:
        """The log-probability of the right tags, in nats.

        Args:
            emissions: (B, T, L), T at least 1.
            tags: the right tags' numbers, (B, T); of padding any.
            mask: (B, T).

        Returns:
            (B,); 0 for a sentence without tokens.
        """
        present = ops.cast(mask, emissions.dtype)
        score = self._score(emissions, tags, present) - self._log_partition(emissions, present)
        return score * present[:, 0]

    def log_marginals(self, emissions: Any, mask: Any) -> Any:
        """The log-probability of each tag at each token, in nats, by forward and backward sums
        (Rabiner 1989, section III.B).

        Args:
            emissions: (B, T, L), T at least 1.
            mask: (B, T).

        Returns:
            (B, T, L); of padding, what means nothing.
        """
        present = ops.cast(mask, emissions.dtype)
        alphas = self._alphas(emissions, present)  # (T, B, L)
        transitions, _, end = self._weights()
        # What follows each token; nothing follows the last, so that a single token is a step, too.
        steps = ops.concatenate([emissions, present[..., None]], axis=-1)[:, 1:]
        steps = ops.transpose(ops.pad(steps, [[0, 0], [0, 1], [0, 0]]), (1, 0, 2))

        def backward(beta: Any, step: Any) -> tuple[Any, Any]:
            emission, here = step[:, None, :-1], step[:, -1:]
            onward = ops.logsumexp(transitions + emission + beta[:, None, :], axis=2)
            beta = here * onward + (1.0 - here) * end
            return beta, beta

        _, betas = ops.scan(backward, ops.zeros_like(alphas[0]) + end, steps, reverse=True)
        sums = alphas + betas
        return ops.transpose(sums - ops.logsumexp(sums, axis=-1, keepdims=True), (1, 0, 2))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """The shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "tags": self.tags}

    def _score(self, emissions: Any, tags: Any, present: Any) -> Any:
        """The score of given tags, (B,)."""
        chosen = ops.one_hot(tags, len(self.tags), dtype=emissions.dtype) * present[..., None]
        transitions, start, end = self._weights()
        emitted = ops.sum(emissions * chosen, axis=(1, 2))
        moves = ops.sum(ops.matmul(chosen[:, :-1], transitions) * chosen[:, 1:], axis=(1, 2))
        following = ops.pad(present[:, 1:], [[0, 0], [0, 1]])
        last = chosen * (present - following)[..., None]  # (B, T, L), the last token's tag
        return emitted + moves + ops.matmul(chosen[:, 0], start) + ops.sum(last * end, axis=(1, 2))

    def _log_partition(self, emissions: Any, present: Any) -> Any:
        """``log Z``, (B,)."""
        return ops.logsumexp(self._alphas(emissions, present)[-1] + self._weights()[2], axis=-1)

    def _alphas(self, emissions: Any, present: Any) -> Any:
        """The logarithms of the forward sums (Rabiner 1989, section III.A), (T, B, L); at padding
        those of the last token.
        """
        transitions, start, _ = self._weights()
        # TensorFlow's scan takes no nested tensors, and none without a step: so both are one,
        # and the first token is a step that changes nothing.
        moves = ops.pad(present[:, 1:], [[0, 0], [1, 0]])
        steps = ops.concatenate([emissions, moves[..., None]], axis=-1)
        steps = ops.transpose(steps, (1, 0, 2))  # (T, B, L + 1)

        def forward(alpha: Any, step: Any) -> tuple[Any, Any]:
            emission, here = step[:, :-1], step[:, -1:]
            onward = ops.logsumexp(alpha[:, :, None] + transitions, axis=1) + emission
            alpha = here * onward + (1.0 - here) * alpha
            return alpha, alpha

        return ops.scan(forward, start + emissions[:, 0], steps)[1]

    def _weights(self) -> tuple[Any, Any, Any]:
        """Transitions, start and end, with what is forbidden far below all else."""
        learned = (self.transitions, self.start, self.end)
        return tuple(
            weight + ops.convert_to_tensor(barrier, weight.dtype)
            for weight, barrier in zip(learned, self._barriers, strict=True)
        )

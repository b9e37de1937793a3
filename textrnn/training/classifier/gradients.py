"""Integrated gradients: a token's part in an answer, by the gradients of its embedding.

Shapes: T tokens of a window, E embedding units, L labels.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.configuration import require
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.consistency import SplitClassifier
from textrnn.training.classifier.model import build_classifier
from textrnn.training.weights.files import read_weights
from textrnn.training.weights.named import import_weights

_POINTS = 32


class IntegratedGradients:
    """The parts of tokens in a label's log-odds.

    The gradient is averaged along the line from the embeddings of unknown words to those of the
    text (Sundararajan et al. 2017, eq. 1, by the midpoint rule): the parts of a window's tokens add
    up to the difference between the two log-odds.

    Args:
        bundle: a classifier's; its weights are taken, not its graph.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow.
    """

    def __init__(self, bundle: Bundle) -> None:
        require(keras.backend.backend() == "tensorflow", "gradients need Keras' TensorFlow backend")
        network = ClassifierNetwork.from_dict(bundle.manifest.network)
        model = build_classifier(network)
        import_weights(model, network, read_weights(bundle))
        self._split = SplitClassifier(model)

    def parts(
        self,
        window: NDArray[np.int32],
        label: int,
        *,
        scores: NDArray[np.float32] | None = None,
        unknown_scores: NDArray[np.float32] | None = None,
        divisor: float = 1.0,
    ) -> NDArray[np.float64]:
        """The parts of a window's tokens.

        Args:
            window: token ids, (T,).
            label: the label's number.
            scores: what each token adds to the logits besides, (T, L).
            unknown_scores: the same for unknown words in their places.
            divisor: what the logits are divided by, their temperature.

        Returns:
            (T,).
        """
        import tensorflow as tf

        if not len(window):
            return np.zeros(0)
        split = self._split
        tokens = ops.convert_to_tensor(window[None])
        nothing = ops.full_like(tokens, Tokenizer.UNK)
        text, base = (split.embed(ids, training=False) for ids in (tokens, nothing))  # (1, T, E)
        shares = (np.arange(_POINTS, dtype=np.float32) + 0.5) / _POINTS
        points = base + ops.reshape(shares, (-1, 1, 1)) * (text - base)
        tokens = ops.tile(tokens, (_POINTS, 1))
        zeros = np.zeros((len(window), split.labels), np.float32)
        first, last = (zeros if s is None else s for s in (unknown_scores, scores))
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = split.answer(tokens, points, training=False)
            logits += first.sum(axis=0) + shares[:, None] * (last - first).sum(axis=0)
            scaled = logits / divisor
            others = ops.concatenate([scaled[:, :label], scaled[:, label + 1 :]], axis=1)
            odds = ops.sum(scaled[:, label] - ops.logsumexp(others, axis=1))
        slopes, logit_slopes = tape.gradient(odds, [points, logits])
        slope = ops.mean(slopes, axis=0)  # (T, E)
        found = ops.sum(slope * (text - base)[0], axis=-1)
        found += ops.sum(ops.mean(logit_slopes, axis=0) * (last - first), axis=-1)
        return np.asarray(found, np.float64)

"""A classifier that stays a language model while it learns labels.

The first encoder's forward states go on predicting the next token and its backward states the one
before, by the rows of the embedding: an auxiliary loss (Rei 2017, section 4; Chronopoulou, Baziotis
& Potamianos 2019, section 3, who keep the head of the language model for it). The products that
cost most, those of the encoder, serve both losses.

Shapes: B texts, T tokens, E embedding units, L labels, K candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.network import Embedding, Encoder
from textrnn.tokenization import Tokenizer
from textrnn.training.batches import Auxiliary
from textrnn.training.sampled_softmax import Candidates, sampled_cross_entropy

AuxiliaryStep = Callable[
    [NDArray[np.int32], NDArray[np.float32], NDArray[np.float32], Auxiliary], float
]


def check_auxiliary(encoder: Encoder, embedding: Embedding) -> None:
    """Whether a network's first encoder can predict tokens by the rows of its embedding.

    Raises:
        ConfigurationError: it mixes its directions, or its units are not the embedding's.
    """
    require(
        encoder.units == embedding.units,
        "a language model beside the labels needs an encoder with as many units a direction as the "
        f"embedding; received {encoder.units} and {embedding.units}",
    )
    require(
        not encoder.bidirectional or encoder.merge == "concat",
        "a language model beside the labels needs directions that are put end to end: merge "
        f"concat; received {encoder.merge}",
    )


def make_auxiliary_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    *,
    label_smoothing: float,
    candidates: Candidates,
    frequencies: NDArray[np.float32],
) -> AuxiliaryStep:
    """A function that does one step of gradient descent on labels and neighbouring tokens.

    Args:
        model: from :func:`textrnn.training.build.build_model`, of a network that passes
            :func:`check_auxiliary`.
        optimizer: built for at least its trainable variables.
        label_smoothing: share of the target that is spread over all labels.
        candidates: that are drawn for the softmax.
        frequencies: how often each token occurs, (V,): the tokens' biases are the logarithms.

    Returns:
        A function of tokens (B, T), targets (B, L), text weights (B,), and the candidates drawn
        with the weight of the mean loss of a predicted token beside that of a text's label. It
        returns the loss in nats, penalties included.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow.
    """
    require(
        keras.backend.backend() == "tensorflow",
        "a language model beside the labels trains on Keras' TensorFlow backend alone",
    )
    import tensorflow as tf

    entropy = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=label_smoothing
    )
    encoded = model.get_layer("encoder_0").output[0]  # (B, T, E) or, both ways, (B, T, 2 E)
    both = keras.Model(model.input, [model.output, encoded])
    table = model.get_layer("embedding").embeddings
    bias = tf.constant(np.log(frequencies + 1e-8))
    expected = tf.constant(candidates.log_expected)
    variables = list(model.trainable_variables)
    spec = tf.TensorSpec((None, None), tf.int32)
    signature = [
        spec,
        tf.TensorSpec((None, model.output_shape[-1]), tf.float32),
        tf.TensorSpec((None,), tf.float32),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((), tf.float32),
    ]

    def neighbour_loss(states: Any, tokens: Any, drawn: Any) -> Any:
        """Mean loss in nats of predicting tokens (B, T - 1) by states (B, T - 1, E)."""
        present = ops.reshape(ops.cast(ops.not_equal(tokens, Tokenizer.PAD), "float32"), (-1,))
        flat = ops.reshape(states, (-1, states.shape[-1]))
        losses = sampled_cross_entropy(
            flat, ops.reshape(tokens, (-1,)), drawn, table, bias, expected
        )
        return ops.sum(losses * present) / ops.maximum(ops.sum(present), 1.0)

    @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def step(tokens: Any, targets: Any, weights: Any, drawn: Any, weight: Any) -> Any:
        units = table.shape[1]
        with tf.GradientTape() as tape:
            logits, states = both(tokens, training=True)
            loss = entropy(targets, logits, sample_weight=weights)
            if model.losses:
                loss = loss + ops.sum(ops.stack(model.losses))
            neighbours = neighbour_loss(states[:, :-1, :units], tokens[:, 1:], drawn)
            if states.shape[-1] > units:
                # Behind a text's end the padding is skipped: those states are not asked.
                within = ops.where(ops.equal(tokens[:, 1:], Tokenizer.PAD), 0, tokens[:, :-1])
                before = neighbour_loss(states[:, 1:, units:], within, drawn)
                neighbours = (neighbours + before) / 2.0
            loss = loss + weight * neighbours
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        # The embedding's come as rows, from several parts of the loss.
        optimizer.apply([tf.convert_to_tensor(gradient) for gradient in gradients], variables)
        return loss

    return lambda tokens, targets, weights, auxiliary: float(
        step(tokens, targets, weights, auxiliary.candidates, np.float32(auxiliary.weight))
    )

"""A classifier that stays a language model while it learns labels.

The first encoder's forward states go on predicting the next token and its backward states the one
before, by the rows of the embedding: an auxiliary loss (Rei 2017, section 4; Chronopoulou, Baziotis
& Potamianos 2019, section 3, who keep the head of the language model for it). The products that
cost most, those of the encoder, serve both losses. Where the encoder has several times the
embedding's units, its states are cut into so many parts, whose sum predicts.

Shapes: B texts, T tokens, E embedding units, U encoder units a direction, L labels, K candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.loop.backend import (
    Shape,
    as_dense,
    compile_step,
    require_gradients,
    value_and_gradients,
    with_penalties,
)
from textrnn.training.loop.batches import Auxiliary
from textrnn.training.loop.sampled_softmax import Candidates, sampled_cross_entropy

AuxiliaryStep = Callable[..., float]


def make_auxiliary_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    *,
    label_smoothing: float,
    candidates: Candidates,
    frequencies: NDArray[np.float32],
    reads_plain: bool = False,
) -> AuxiliaryStep:
    """A function that does one step of gradient descent on labels and neighbouring tokens.

    Args:
        model: of ``build_classifier``, of a network that passes
            :func:`check_auxiliary`.
        optimizer: built for at least its trainable variables.
        label_smoothing: share of the target that is spread over all labels.
        candidates: that are drawn for the softmax.
        frequencies: how often each token occurs, (V,): the tokens' biases are the logarithms.
        reads_plain: whether the language model reads further texts, too.

    Returns:
        A function of tokens (B, T), targets (B, L), text weights (B,), the candidates drawn with
        the weight of the mean loss of a predicted token beside that of a text's label, and where
        there are further texts their tokens (B', T'). It returns the loss in nats, penalties
        included.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow and JAX.
    """
    require_gradients("classifiers")
    entropy = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=label_smoothing
    )
    encoder = model.get_layer("encoder_0")
    bidirectional = isinstance(encoder, keras.layers.Bidirectional)
    encoded = encoder.output[0]  # (B, T, U) or, both ways, (B, T, 2 U)
    both = keras.Model(model.input, [model.output, encoded])
    encode = keras.Model(model.input, encoded)
    table = model.get_layer("embedding").embeddings
    bias = ops.convert_to_tensor(np.log(frequencies + 1e-8))
    expected = ops.convert_to_tensor(candidates.log_expected)
    variables = list(model.trainable_variables)
    units = int(table.shape[1])
    width = encoded.shape[-1] // (2 if bidirectional else 1)  # U

    def neighbour_loss(states: Any, tokens: Any, drawn: Any) -> Any:
        """Mean loss in nats of predicting tokens (B, T - 1) by states (B, T - 1, U)."""
        present = ops.reshape(ops.cast(ops.not_equal(tokens, Tokenizer.PAD), "float32"), (-1,))
        flat = ops.reshape(states, (-1, width))
        parts = [flat[:, begin : begin + units] for begin in range(0, width, units)]
        losses = sampled_cross_entropy(
            sum(parts[1:], parts[0]), ops.reshape(tokens, (-1,)), drawn, table, bias, expected
        )
        return ops.sum(losses * present) / ops.maximum(ops.sum(present), 1.0)

    def neighbours_loss(states: Any, tokens: Any, drawn: Any) -> Any:
        """The mean of both directions' losses in nats, of states (B, T, U or 2 U)."""
        after = neighbour_loss(states[:, :-1, :width], tokens[:, 1:], drawn)
        if not bidirectional:
            return after
        # Behind a text's end the padding is skipped: those states are not asked.
        within = ops.where(ops.equal(tokens[:, 1:], Tokenizer.PAD), 0, tokens[:, :-1])
        before = neighbour_loss(states[:, 1:, width:], within, drawn)
        return (after + before) / 2.0

    tokens_shape: tuple[Shape, str] = ((None, None), "int32")
    signature: list[tuple[Shape, str]] = [
        tokens_shape,
        ((None, model.output_shape[-1]), "float32"),
        ((None,), "float32"),
        ((None,), "int32"),
        ((), "float32"),
    ]

    def step(tokens: Any, targets: Any, weights: Any, drawn: Any, weight: Any, *plain: Any) -> Any:
        def loss_of() -> tuple[Any, None]:
            logits, states = both(tokens, training=True)
            loss = entropy(targets, logits, sample_weight=weights)
            loss = with_penalties(loss, model)
            neighbours = neighbours_loss(states, tokens, drawn)
            for others in plain:
                states = encode(others, training=True)
                neighbours = neighbours + neighbours_loss(states, others, drawn)
            return loss + weight * neighbours, None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        # The embedding's come as rows, from several parts of the loss.
        optimizer.apply(as_dense(gradients, variables), variables)
        return loss

    state = [*model.variables, *optimizer.variables]
    run = compile_step(step, [*signature, *[tokens_shape] * reads_plain], state)

    def train(
        tokens: NDArray[np.int32],
        targets: NDArray[np.float32],
        weights: NDArray[np.float32],
        auxiliary: Auxiliary,
        *plain: NDArray[np.int32],
    ) -> float:
        weight = np.float32(auxiliary.weight)
        return float(run(tokens, targets, weights, auxiliary.candidates, weight, *plain))

    return train

"""One step of training and one of prediction.

On TensorFlow both are traced once, for any number of texts and tokens. Keras' own
``train_on_batch`` would trace fixed lengths first and free ones later, whose sums round
differently: a run that was interrupted would not go on exactly as it would have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.backend import (
    Shape,
    compile_step,
    is_jax,
    require_gradients,
    value_and_gradients,
)
from textrnn.training.batches import fixed_length
from textrnn.training.build_generator import LanguageModel
from textrnn.training.crf import CRF
from textrnn.training.sampled_softmax import sampled_cross_entropy

TrainStep = Callable[[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]], float]
Predict = Callable[[NDArray[np.int32]], NDArray[np.float32]]

_TEXTS = 64  # JAX predicts batches of a multiple of this many


def with_penalties(loss: Any, model: keras.Model) -> Any:
    """The loss and the penalties of the model's layers on their weights."""
    return loss + ops.sum(ops.stack(model.losses)) if model.losses else loss


def make_train_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, *, label_smoothing: float
) -> TrainStep:
    """A function that does one step of gradient descent on softmax cross-entropy.

    Args:
        model: from tokens (B, T) to logits (B, L); its trainable variables of now are trained.
        optimizer: built for at least those variables.
        label_smoothing: share of the target that is spread over all labels.

    Returns:
        A function of tokens (B, T), targets (B, L) and text weights (B,), which returns the
        weighted mean loss in nats, penalties included.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow and JAX.
    """
    require_gradients("classifiers")
    entropy = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=label_smoothing
    )
    variables = list(model.trainable_variables)
    signature: list[tuple[Shape, str]] = [
        ((None, None), "int32"),
        ((None, model.output_shape[-1]), "float32"),
        ((None,), "float32"),
    ]

    def step(tokens: Any, targets: Any, weights: Any) -> Any:
        def loss_of() -> tuple[Any, None]:
            logits = model(tokens, training=True)
            loss = entropy(targets, logits, sample_weight=weights)
            return with_penalties(loss, model), None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        optimizer.apply(gradients, variables)
        return loss

    run = compile_step(step, signature, [*model.variables, *optimizer.variables])
    return lambda tokens, targets, weights: float(run(tokens, targets, weights))


def make_predict(model: keras.Model, *, max_tokens: int) -> Predict:
    """A function from tokens (B, T) to logits (B, L), dropout off; T is at most ``max_tokens``."""
    run = compile_step(
        lambda tokens: model(tokens, training=False), [((None, None), "int32")], model.variables
    )
    if not is_jax():
        return lambda tokens: np.asarray(run(tokens))

    def predict(tokens: NDArray[np.int32]) -> NDArray[np.float32]:
        texts, length = tokens.shape
        whole = ((0, -texts % _TEXTS), (0, fixed_length(length, max_tokens) - length))
        return np.asarray(run(np.pad(tokens, whole)))[:texts]

    return predict


def make_tagger_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> Callable[[dict[str, NDArray[Any]], NDArray[np.int32]], float]:
    """A function that does one step of gradient descent on the tags' negative log-likelihood.

    Args:
        model: from :func:`textrnn.training.build_tagger.build_tagger`; where its last layer is a
            CRF the likelihood is that of whole sequences, else of each tag by itself.
        optimizer: built for at least the trainable variables.

    Returns:
        A function of the model's inputs and the right tags (B, T), which returns the mean loss of
        a sentence in nats, penalties included.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow.
    """
    require(
        keras.backend.backend() == "tensorflow", "taggers train on Keras' TensorFlow backend alone"
    )
    import tensorflow as tf

    variables = list(model.trainable_variables)
    last = model.layers[-1]
    signature = [_signature(model), tf.TensorSpec((None, None), tf.int32)]

    @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def step(inputs: Any, tags: Any) -> Any:
        mask = ops.not_equal(inputs["tokens"], 0)  # (B, T)
        with tf.GradientTape() as tape:
            emissions = model(inputs, training=True)
            if isinstance(last, CRF):
                likelihood = last.log_likelihood(emissions, tags, mask)
            else:
                logs = -ops.sparse_categorical_crossentropy(tags, emissions, from_logits=True)
                likelihood = ops.sum(logs * ops.cast(mask, logs.dtype), axis=1)
            loss = with_penalties(-ops.mean(likelihood), model)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        optimizer.apply(gradients, variables)
        return loss

    return lambda inputs, tags: float(step(inputs, tags))


def make_emit(model: keras.Model) -> Callable[[dict[str, NDArray[Any]]], NDArray[np.float32]]:
    """A function from a tagger's inputs to emissions (B, T, L), dropout off."""
    import tensorflow as tf

    @tf.function(input_signature=[_signature(model)], autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def emit(inputs: Any) -> Any:
        return model(inputs, training=False)

    return lambda inputs: np.asarray(emit(inputs).numpy())


def _signature(model: keras.Model) -> dict[str, Any]:
    """The inputs of a model by name, as TensorFlow describes them."""
    import tensorflow as tf

    return {
        tensor.name: tf.TensorSpec(tuple(tensor.shape), tensor.dtype) for tensor in model.inputs
    }


GeneratorStep = Callable[[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]], float]


def make_generator_step(
    model: LanguageModel,
    optimizer: keras.optimizers.Optimizer,
    states: dict[str, keras.Variable],
    *,
    log_expected: NDArray[np.float32] | None,
) -> GeneratorStep:
    """A function that does one step of truncated backpropagation through time.

    Args:
        model: from :func:`textrnn.training.build_generator.build_generator`.
        optimizer: built for at least the trainable variables.
        states: where each stream stands, (B, U); every step reads them and moves them on.
        log_expected: of :class:`textrnn.training.sampled_softmax.Candidates`, (V,); None where the
            loss is over the whole vocabulary.

    Returns:
        A function of tokens (B, T), next tokens (B, T) and candidates (K,), which returns the mean
        loss of a prediction in nats.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow.
    """
    require(
        keras.backend.backend() == "tensorflow",
        "generators train on Keras' TensorFlow backend alone",
    )
    import tensorflow as tf

    variables = list(model.trainable_variables)
    tokens_spec = tf.TensorSpec((None, None), tf.int32)
    signature = [tokens_spec, tokens_spec, tf.TensorSpec((None,), tf.int32)]

    @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def step(tokens: Any, targets: Any, candidates: Any) -> Any:
        present = ops.cast(ops.not_equal(targets, Tokenizer.START), "float32")  # (B, T)
        with tf.GradientTape() as tape:
            found = model(tokens, {n: v.value for n, v in states.items()}, training=True)
            if log_expected is None:
                losses = ops.sparse_categorical_crossentropy(
                    targets, found["logits"], from_logits=True
                )
            else:
                flat = ops.reshape(found["hidden"], (-1, found["hidden"].shape[-1]))
                losses = sampled_cross_entropy(
                    flat,
                    ops.reshape(targets, (-1,)),
                    candidates,
                    model.output_layer.rows(model.embedding.embeddings),
                    model.output_layer.bias,
                    log_expected,
                )
                losses = ops.reshape(losses, ops.shape(targets))
            mean = ops.sum(losses * present) / ops.maximum(ops.sum(present), 1.0)
        gradients = tape.gradient(mean, [variable.value for variable in variables])
        # The embedding's gradient comes as rows, which optimizers add up slowly.
        optimizer.apply([tf.convert_to_tensor(gradient) for gradient in gradients], variables)
        for name, variable in states.items():
            variable.assign(found[name])
        return mean

    return lambda tokens, targets, candidates: float(step(tokens, targets, candidates))


NextTokenLoss = Callable[
    [NDArray[np.int32], NDArray[np.int32], dict[str, NDArray[np.float32]]],
    tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]],
]


def make_next_token_loss(model: LanguageModel) -> NextTokenLoss:
    """A function from tokens (B, T), next tokens (B, T) and states to each token's loss in nats,
    (B, T), and the new states, dropout off.
    """
    import tensorflow as tf

    tokens_spec = tf.TensorSpec((None, None), tf.int32)
    units = model.network.state_units
    states_spec = {name: tf.TensorSpec((None, size), tf.float32) for name, size in units.items()}

    @tf.function(input_signature=[tokens_spec, tokens_spec, states_spec], autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def loss(tokens: Any, targets: Any, states: Any) -> Any:
        found = model(tokens, states, training=False)
        losses = ops.sparse_categorical_crossentropy(targets, found["logits"], from_logits=True)
        return losses, {name: found[name] for name in units}

    def run(
        tokens: NDArray[np.int32],
        targets: NDArray[np.int32],
        states: dict[str, NDArray[np.float32]],
    ) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
        losses, new = loss(tokens, targets, states)
        return losses.numpy(), {name: value.numpy() for name, value in new.items()}

    return run

"""One step of training and one of prediction, on the backend that Keras runs on.

On TensorFlow both are traced once, for any number of texts and tokens. Keras' own
``train_on_batch`` would trace fixed lengths first and free ones later, whose sums round
differently: a run that was interrupted would not go on exactly as it would have. Elsewhere
(JAX, on an accelerator) Keras' own steps serve.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.training.crf import CRF

TrainStep = Callable[[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]], float]
Predict = Callable[[NDArray[np.int32]], NDArray[np.float32]]


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
    """
    entropy = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=label_smoothing
    )
    if keras.backend.backend() != "tensorflow":
        return _keras_train_step(model, optimizer, entropy)
    import tensorflow as tf

    variables = list(model.trainable_variables)
    signature = [
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, model.output_shape[-1]), tf.float32),
        tf.TensorSpec((None,), tf.float32),
    ]

    @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def step(tokens: Any, targets: Any, weights: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = model(tokens, training=True)
            loss = entropy(targets, logits, sample_weight=weights)
            if model.losses:
                loss = loss + ops.sum(ops.stack(model.losses))
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        optimizer.apply(gradients, variables)
        return loss

    return lambda tokens, targets, weights: float(step(tokens, targets, weights))


def make_predict(model: keras.Model) -> Predict:
    """A function from tokens (B, T) to logits (B, L), dropout off."""
    if keras.backend.backend() != "tensorflow":
        return lambda tokens: np.asarray(model.predict_on_batch(tokens))
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int32)], autograph=False)  # type: ignore[untyped-decorator, unused-ignore]
    def predict(tokens: Any) -> Any:
        return model(tokens, training=False)

    return lambda tokens: np.asarray(predict(tokens).numpy())


def _keras_train_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, loss: keras.losses.Loss
) -> TrainStep:
    model.compile(optimizer=optimizer, loss=loss)

    def step(
        tokens: NDArray[np.int32], targets: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> float:
        model.reset_metrics()  # the loss that comes back is a mean since the last reset
        logs = model.train_on_batch(tokens, targets, sample_weight=weights, return_dict=True)
        return float(logs["loss"])

    return step


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
            loss = -ops.mean(likelihood)
            if model.losses:
                loss = loss + ops.sum(ops.stack(model.losses))
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

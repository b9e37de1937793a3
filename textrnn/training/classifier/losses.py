"""What a step of a classifier's training minimises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.training.loop.backend import (
    Shape,
    compile_step,
    require_gradients,
    value_and_gradients,
    with_penalties,
)

TrainStep = Callable[[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]], float]


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

"""Optimizers, and how a layer that was frozen at first begins to learn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
from keras import ops

from textrnn.training.settings import TrainingSettings

_KINDS = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
}


def make_optimizer(
    settings: TrainingSettings, thawed: Iterable[tuple[keras.Variable, int]] = ()
) -> keras.optimizers.Optimizer:
    """The optimizer that the settings name.

    Args:
        settings: how to train.
        thawed: the variables that are frozen at first, and the step of the run before which.
    """
    options: dict[str, Any] = {"learning_rate": settings.learning_rate}
    if settings.clip_norm:
        options["global_clipnorm"] = settings.clip_norm
    if settings.optimizer == "sgd":
        options["momentum"] = 0.9
    if settings.optimizer == "adamw":
        options["weight_decay"] = settings.weight_decay
    kind = _KINDS[settings.optimizer]
    late = list(thawed)
    if late and issubclass(kind, keras.optimizers.Adam):
        kind = _thawing(kind, late)
    return kind(**options)


def _thawing(
    kind: type[keras.optimizers.Adam], thawed: list[tuple[keras.Variable, int]]
) -> type[keras.optimizers.Adam]:
    """Adam with moments that are corrected by each variable's own age.

    Kingma & Ba 2015, section 3: the moments of a variable begin at zero when it thaws, and Keras
    corrects by the steps of the run. Without this a thawed layer's first steps would be several
    times too long. It is the steps that are scaled: to scale gradients would change nothing, for
    Adam divides by their size.
    """
    # TensorFlow's steps are given the tensors behind Keras' variables.
    by_id = {id(key): steps for v, steps in thawed for key in (v, v.value)}

    class Thawing(kind):  # type: ignore[misc]
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            rate = learning_rate
            if steps := by_id.get(id(variable), 0):
                step = ops.cast(self.iterations + 1, "float32")
                age = ops.maximum(step - steps, 1.0)
                rate = rate * (self._correction(age) / self._correction(step))
            super().update_step(gradient, variable, rate)

        def _correction(self, steps: Any) -> Any:
            second = 1.0 - ops.power(ops.cast(self.beta_2, "float32"), steps)
            return ops.sqrt(second) / (1.0 - ops.power(ops.cast(self.beta_1, "float32"), steps))

    return Thawing

"""Optimizers, and how layers of one network learn at paces of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Pace:
    """How a variable learns.

    Attributes:
        share: of the learning rate.
        thawed: the step of the run before which it was frozen.
    """

    share: float = 1.0
    thawed: int = 0


def make_optimizer(
    settings: TrainingSettings, paces: Iterable[tuple[keras.Variable, Pace]] = ()
) -> keras.optimizers.Optimizer:
    """The optimizer that the settings name.

    Args:
        settings: how to train.
        paces: of the variables that learn at another pace than the settings'.
    """
    options: dict[str, Any] = {"learning_rate": settings.learning_rate}
    if settings.clip_norm:
        options["global_clipnorm"] = settings.clip_norm
    if settings.optimizer == "sgd":
        options["momentum"] = 0.9
    if settings.optimizer == "adamw":
        options["weight_decay"] = settings.weight_decay
    kind = _KINDS[settings.optimizer]
    other = [(variable, pace) for variable, pace in paces if pace != Pace()]
    return _paced(kind, other)(**options) if other else kind(**options)


def _paced(
    kind: type[keras.optimizers.Optimizer], paces: list[tuple[keras.Variable, Pace]]
) -> type[keras.optimizers.Optimizer]:
    """An optimizer whose variables learn at paces of their own.

    It is the steps that are scaled: to scale gradients would change nothing, for Adam divides by
    their size.
    """
    # TensorFlow's steps are given the tensors behind Keras' variables.
    by_id = {id(key): pace for v, pace in paces for key in (v, v.value)}
    plain = Pace()

    class Paced(kind):  # type: ignore[misc]
        weight_decay: float | None

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            pace = by_id.get(id(variable), plain)
            rate = learning_rate * pace.share
            if pace.thawed and isinstance(self, keras.optimizers.Adam):
                rate = rate * self._warm_up(pace.thawed)
            super().update_step(gradient, variable, rate)

        def _warm_up(self, thawed: int) -> Any:
            """What makes Adam's correction of its young moments that of a variable's own age.

            Kingma & Ba 2015, section 3: the moments of a variable begin at zero when it thaws, and
            Keras corrects by the steps of the run. Without this a thawed layer's first steps would
            be several times too long.
            """
            step = ops.cast(self.iterations + 1, "float32")
            return self._correction(ops.maximum(step - thawed, 1.0)) / self._correction(step)

        def _correction(self, steps: Any) -> Any:
            second = 1.0 - ops.power(ops.cast(self.beta_2, "float32"), steps)
            return ops.sqrt(second) / (1.0 - ops.power(ops.cast(self.beta_1, "float32"), steps))

        def _apply_weight_decay(self, variables: list[keras.Variable]) -> None:
            """AdamW's decay, at each variable's share of the rate too."""
            whole = self.weight_decay
            for share in sorted({by_id.get(id(v), plain).share for v in variables}):
                members = [v for v in variables if by_id.get(id(v), plain).share == share]
                self.weight_decay = whole and whole * share
                super()._apply_weight_decay(members)
                self.weight_decay = whole

    return Paced

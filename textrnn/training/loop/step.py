"""One step of training, whatever is learned: the terms of a loss are added up.

On TensorFlow a step is traced once, for any number of texts and tokens. Keras' own
``train_on_batch`` would trace fixed lengths first and free ones later, whose sums round
differently: a run that was interrupted would not go on exactly as it would have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import keras

from textrnn.training.loop.backend import Shape, as_dense, compile_step

Inputs = Mapping[str, tuple[Shape, str]]  # shape and type by name; None stands for any size
Pass = tuple[Any, list[Any]]  # a loss in nats, and the gradients of the variables


class Term(Protocol):
    """One part of what a step learns."""

    @property
    def inputs(self) -> Inputs:
        """The arrays of a batch that it reads."""

    @property
    def state(self) -> Sequence[keras.Variable]:
        """Variables besides the model's that it reads or assigns."""

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterable[Pass]:
        """The losses of a batch, each with its gradients; several where one needs another's."""


def make_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, terms: Sequence[Term]
) -> Callable[[Mapping[str, Any]], float]:
    """A function that does one step of gradient descent on the sum of some terms.

    Args:
        model: its trainable variables of now are trained.
        optimizer: built for at least those variables.
        terms: what is learned.

    Returns:
        A function of a batch's arrays by name, of which the terms may leave some unread. It
        returns the loss in nats.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow and JAX.
    """
    variables = list(model.trainable_variables)
    inputs = {name: spec for term in terms for name, spec in term.inputs.items()}

    def step(*tensors: Any) -> Any:
        batch = dict(zip(inputs, tensors, strict=True))
        (total, gradients), *others = (
            found for term in terms for found in term.passes(batch, variables)
        )
        gradients = as_dense(gradients, variables)
        for loss, more in others:
            total = total + loss
            pairs = zip(gradients, as_dense(more, variables), strict=True)
            gradients = [one + other for one, other in pairs]
        optimizer.apply(gradients, variables)
        return total

    state = [v for term in terms for v in term.state]
    run = compile_step(
        step, list(inputs.values()), [*model.variables, *optimizer.variables, *state]
    )
    return lambda batch: float(run(*(batch[name] for name in inputs)))

"""What a training step asks of the backend that Keras runs on: gradients, and to be compiled.

Steps are written once, with ``keras.ops``. TensorFlow traces them for texts of any number and
length; JAX, for an accelerator, compiles them for each shape that it meets, so that there shapes
must be few (:func:`textrnn.training.loop.batches.fixed_length`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from textrnn.configuration import require

Shape = tuple[int | None, ...]

# JAX's functions have no state: within a step Keras keeps the variables' values in such a scope.
_scopes: list[keras.StatelessScope] = []


def is_jax() -> bool:
    """Whether Keras runs on JAX."""
    return bool(keras.backend.backend() == "jax")


def require_gradients(what: str) -> None:
    """Whether steps can be taken on this backend.

    Raises:
        ConfigurationError: it is neither TensorFlow nor JAX.
    """
    backend = keras.backend.backend()
    require(
        backend in ("tensorflow", "jax"),
        f"{what} train on Keras' backends TensorFlow and JAX; KERAS_BACKEND is {backend}",
    )


def seed_everything(random_state: int) -> None:
    """Fix initial weights and dropout, and make TensorFlow's sums independent of threads."""
    keras.utils.set_random_seed(random_state)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def compile_step(
    step: Callable[..., Any],
    signature: Sequence[tuple[Shape, str]],
    state: Sequence[keras.Variable],
) -> Callable[..., Any]:
    """``step``, compiled.

    Args:
        step: a function of tensors that returns tensors. It may read and assign variables, draw
            random numbers and call :func:`value_and_gradients`.
        signature: shape and type of each tensor; None stands for any size.
        state: all the variables that it reads or assigns.

    Returns:
        A function of arrays.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow and JAX.
    """
    require_gradients("models")
    if not is_jax():
        import tensorflow as tf

        specs = [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
        return tf.function(step, input_signature=specs, autograph=False)  # type: ignore[no-any-return, unused-ignore]
    import jax

    variables = list({id(variable): variable for variable in state}.values())

    def pure(values: list[Any], *tensors: Any) -> tuple[Any, list[Any]]:
        with _scope(zip(variables, values, strict=True)) as scope:
            found = step(*tensors)
        return found, [scope.get_current_value(variable) for variable in variables]

    compiled = jax.jit(pure, donate_argnums=0)
    dtypes = [dtype for _, dtype in signature]

    def run(*arrays: Any) -> Any:
        tensors = [ops.convert_to_tensor(a, dtype) for a, dtype in zip(arrays, dtypes, strict=True)]
        found, values = compiled([variable.value for variable in variables], *tensors)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        return found

    return run


def value_and_gradients(
    function: Callable[..., tuple[Any, Any]], variables: Sequence[keras.Variable], *tensors: Any
) -> tuple[Any, Any, list[Any]]:
    """A loss and its gradients, within a step that :func:`compile_step` compiles.

    Args:
        function: of ``tensors``; it returns the loss and whatever else is wanted.
        variables: with respect to which gradients are wanted.
        tensors: with respect to which they are wanted besides.

    Returns:
        The loss, what else the function returned, and the gradients of the variables and then of
        the tensors. TensorFlow gives an embedding's as rows, and None where there is none.
    """
    if not is_jax():
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            loss, more = function(*tensors)
        return loss, more, tape.gradient(loss, [*(v.value for v in variables), *tensors])
    import jax

    outer = _scopes[-1]
    numbers = [id(variable) for variable in variables]

    def pure(values: list[Any], others: tuple[Any, ...]) -> tuple[Any, Any]:
        with _scope(()) as scope:
            scope.state_mapping.update(outer.state_mapping)
            scope.state_mapping.update(zip(numbers, values, strict=True))
            loss, more = function(*others)
        return loss, (more, scope.state_mapping)

    values = [outer.get_current_value(variable) for variable in variables]
    (loss, (more, state)), (gradients, others) = jax.value_and_grad(
        pure, argnums=(0, 1), has_aux=True
    )(values, tensors)
    outer.state_mapping.update(state)  # the seeds of what was drawn
    return loss, more, [*gradients, *others]


def as_dense(gradients: Sequence[Any], variables: Sequence[keras.Variable]) -> list[Any]:
    """Gradients as tensors of their variables' shapes.

    TensorFlow gives an embedding's as a row for each time that a word is met. Those of several
    losses do not add up, and Keras squares such rows one by one, for the norm that is clipped and
    for Adam's second moment, where the square of their sum is meant.
    """
    if is_jax():
        return list(gradients)
    import tensorflow as tf

    return [
        tf.zeros_like(variable.value) if gradient is None else tf.convert_to_tensor(gradient)
        for gradient, variable in zip(gradients, variables, strict=True)
    ]


@contextmanager
def _scope(mapping: Iterable[tuple[keras.Variable, Any]]) -> Iterator[keras.StatelessScope]:
    """A stateless scope that :func:`value_and_gradients` finds again."""
    with keras.StatelessScope(mapping, collect_losses=True) as scope:
        _scopes.append(scope)
        try:
            yield scope
        finally:
            _scopes.pop()


def with_penalties(loss: Any, model: keras.Model) -> Any:
    """The loss and the penalties of the model's layers on their weights."""
    return loss + ops.sum(ops.stack(model.losses)) if model.losses else loss

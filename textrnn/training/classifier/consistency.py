"""Learning that a small step on a text's embeddings must not change its answer.

Adversarial training takes the step that raises the loss most, virtual adversarial training the one
that changes the answer most, for which no label is needed (Miyato, Dai & Goodfellow 2017). Steps
are measured in embeddings that are normalised over the vocabulary, each number by itself (eq. 1
there): the network cannot make them small by making embeddings large.

Shapes: B texts, T tokens, E embedding units, L labels, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.plan import ConsistencySettings
from textrnn.training.loop.backend import (
    Shape,
    as_dense,
    compile_step,
    require_gradients,
    value_and_gradients,
    with_penalties,
)

_PROBE = 0.1  # norm of the random step from which the answer's steepest change is found
_TINY = 1e-12

ConsistencyStep = Callable[
    [NDArray[np.int32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]], float
]


def embedding_spread(table: Any, frequencies: Any) -> Any:
    """The standard deviation of each number of the embedding over running text, (E,).

    Args:
        table: the embedding, (V, E).
        frequencies: how often each token occurs, (V,); they sum to 1.
    """
    shares = ops.expand_dims(frequencies, -1)
    mean = ops.sum(table * shares, axis=0)
    return ops.sqrt(ops.sum(ops.square(table - mean) * shares, axis=0) + _TINY)


def perturbation(gradient: Any, spread: Any, present: Any, norm: float) -> Any:
    """The step along a gradient with a given norm in each text's normalised embeddings.

    Args:
        gradient: with respect to the embeddings, (B, T, E).
        spread: of :func:`embedding_spread`, (E,).
        present: 1 for tokens and 0 for padding, (B, T).
        norm: the step's length, all of a text's tokens together (eq. 3 and 5).

    Returns:
        What to add to the embeddings, (B, T, E).
    """
    steep = gradient * spread * ops.expand_dims(present, -1)
    # Far from the label's border gradients are so small that their squares would vanish.
    steep = steep / (ops.max(ops.abs(steep), axis=(1, 2), keepdims=True) + _TINY)
    length = ops.sqrt(ops.sum(ops.square(steep), axis=(1, 2), keepdims=True) + _TINY)
    return norm * spread * steep / length


def divergence(logits: Any, changed: Any) -> Any:
    """The Kullback-Leibler divergence KL(p || q) of answers from changed ones, the mean of all.

    Args:
        logits: of p, (B, L).
        changed: of q, (B, L).
    """
    before, after = ops.log_softmax(logits), ops.log_softmax(changed)
    return ops.mean(ops.sum(ops.exp(before) * (before - after), axis=-1))


def mean_entropy(logits: Any) -> Any:
    """The entropy of answers (B, L) in nats, the mean of all."""
    logs = ops.log_softmax(logits)
    return -ops.mean(ops.sum(ops.exp(logs) * logs, axis=-1))


class SplitClassifier:
    """A classifier's model cut in two behind its embedding.

    Args:
        model: from :func:`textrnn.training.classifier.model.build_classifier`.

    Attributes:
        labels: how many there are.
    """

    def __init__(self, model: keras.Model) -> None:
        embedded = model.get_layer("embedding").output
        self.labels = int(model.output_shape[-1])
        self._embed = keras.Model(model.input, embedded)
        self._answer = keras.Model([model.input, embedded], model.output)

    def embed(self, tokens: Any, *, training: bool) -> Any:
        """The embeddings (B, T, E) of tokens (B, T)."""
        return self._embed(tokens, training=training)

    def answer(self, tokens: Any, embedded: Any, *, training: bool) -> Any:
        """The logits (B, L) of embeddings (B, T, E); of tokens (B, T) only the padding counts."""
        return self._answer([tokens, embedded], training=training)


def make_consistency_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    settings: ConsistencySettings,
    *,
    label_smoothing: float,
    frequencies: NDArray[np.float32],
    seed: keras.random.SeedGenerator,
) -> ConsistencyStep:
    """A function that does one step of gradient descent on all that the settings ask for.

    The mean cross-entropy of the labelled texts, the same after the adversarial step, the mean
    divergence after the virtual adversarial step, and the weighted mean entropy are added up.

    Args:
        model: from tokens (B, T) to logits (B, L); its trainable variables of now are trained.
        optimizer: built for at least those variables.
        settings: what to learn.
        label_smoothing: share of the target that is spread over all labels.
        frequencies: how often each token occurs, (V,); they sum to 1.
        seed: of the random steps.

    Returns:
        A function of tokens (B, T), targets (B, L), text weights (B,) and the tokens of further
        texts (B', T'), which returns the loss in nats, penalties included.

    Raises:
        ConfigurationError: Keras runs on a backend other than TensorFlow and JAX.
    """
    require_gradients("adversarial steps and entropy")
    cross_entropy = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=label_smoothing
    )
    split = SplitClassifier(model)
    table = model.get_layer("embedding").embeddings
    shares = ops.convert_to_tensor(frequencies)
    units = int(table.shape[1])
    variables = list(model.trainable_variables)

    def unmoved(tokens: Any) -> Any:
        """A step of no length in the embeddings of tokens (B, T), (B, T, E)."""
        texts, length = ops.shape(tokens)
        return ops.zeros((texts, length, units))

    def labelled(tokens: Any, targets: Any, weights: Any, away: Any) -> tuple[Any, None]:
        """The loss of labelled texts behind a step in their embeddings."""
        embedded = split.embed(tokens, training=True) + away
        logits = split.answer(tokens, embedded, training=True)
        return cross_entropy(targets, logits, sample_weight=weights), None

    def steepest_change(tokens: Any, embedded: Any, logits: Any, spread: Any) -> Any:
        """The virtual adversarial step: one power iteration from a random one (section 3)."""
        present = _present(tokens)
        noise = keras.random.normal(ops.shape(embedded), seed=seed)

        def change(probe: Any) -> tuple[Any, None]:
            changed = split.answer(tokens, embedded + probe, training=False)
            return divergence(logits, changed), None

        *_, (gradient,) = value_and_gradients(
            change, [], perturbation(noise, spread, present, _PROBE)
        )
        return perturbation(gradient, spread, present, settings.virtual_adversarial)

    def unlabelled(plain: Any, logits: Any, away: Any) -> tuple[Any, None]:
        """The loss of texts without labels."""
        embedded = split.embed(plain, training=True)
        loss = ops.zeros(())
        if settings.entropy:
            answers = split.answer(plain, embedded, training=True)
            loss = loss + settings.entropy * mean_entropy(answers)
        if settings.virtual_adversarial:
            changed = split.answer(plain, embedded + away, training=True)
            loss = loss + divergence(logits, changed)
        return loss, None

    signature: list[tuple[Shape, str]] = [
        ((None, None), "int32"),
        ((None, model.output_shape[-1]), "float32"),
        ((None,), "float32"),
        ((None, None), "int32"),
    ]

    def step(tokens: Any, targets: Any, weights: Any, plain: Any) -> Any:
        spread = embedding_spread(ops.convert_to_tensor(table), shares)

        def plainly(away: Any) -> tuple[Any, None]:
            loss, _ = labelled(tokens, targets, weights, away)
            return with_penalties(loss, model), None

        total, _, found = value_and_gradients(plainly, variables, unmoved(tokens))
        gradients, steep = as_dense(found[:-1], variables), found[-1]
        if settings.adversarial:
            away = perturbation(steep, spread, _present(tokens), settings.adversarial)
            loss, _, found = value_and_gradients(
                lambda: labelled(tokens, targets, weights, away), variables
            )
            gradients = _sums(gradients, as_dense(found, variables))
            total = total + loss
        if settings.needs_unlabelled:
            logits = change = None
            if settings.virtual_adversarial:
                embedded = split.embed(plain, training=False)
                logits = split.answer(plain, embedded, training=False)
                change = steepest_change(plain, embedded, logits, spread)
            loss, _, found = value_and_gradients(
                lambda: unlabelled(plain, logits, change), variables
            )
            gradients = _sums(gradients, as_dense(found, variables))
            total = total + loss
        optimizer.apply(gradients, variables)
        return total

    run = compile_step(step, signature, [*model.variables, *optimizer.variables, seed.state])
    return lambda tokens, targets, weights, plain: float(run(tokens, targets, weights, plain))


def _sums(some: list[Any], others: list[Any]) -> list[Any]:
    return [a + b for a, b in zip(some, others, strict=True)]


def _present(tokens: Any) -> Any:
    """1 for tokens and 0 for padding, (B, T)."""
    return ops.cast(ops.not_equal(tokens, Tokenizer.PAD), "float32")

"""Learning that a small step on a text's embeddings must not change its answer.

Adversarial training takes the step that raises the loss most, virtual adversarial training the one
that changes the answer most, for which no label is needed (Miyato, Dai & Goodfellow 2017). Steps
are measured in embeddings that are normalised over the vocabulary, each number by itself (eq. 1
there): the network cannot make them small by making embeddings large.

Shapes: B texts, T tokens, E embedding units, L labels, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.losses import Labels
from textrnn.training.classifier.plan import ConsistencySettings
from textrnn.training.loop.backend import value_and_gradients, with_penalties
from textrnn.training.loop.step import Inputs, Pass

_PROBE = 0.1  # norm of the random step from which the answer's steepest change is found
_TINY = 1e-12


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
        units: E.
    """

    def __init__(self, model: keras.Model) -> None:
        embedded = model.get_layer("embedding").output
        self.labels = int(model.output_shape[-1])
        self._table = model.get_layer("embedding").embeddings
        self.units = int(self._table.shape[1])
        self._embed = keras.Model(model.input, embedded)
        self._answer = keras.Model([model.input, embedded], model.output)

    def spread(self, frequencies: Any) -> Any:
        """The :func:`embedding_spread` of tokens that occur so often (V,), (E,)."""
        return embedding_spread(ops.convert_to_tensor(self._table), frequencies)

    def embed(self, tokens: Any, *, training: bool) -> Any:
        """The embeddings (B, T, E) of tokens (B, T)."""
        return self._embed(tokens, training=training)

    def answer(self, tokens: Any, embedded: Any, *, training: bool) -> Any:
        """The logits (B, L) of embeddings (B, T, E); of tokens (B, T) only the padding counts."""
        return self._answer([tokens, embedded], training=training)


class AdversarialLabels(Labels):
    """A term: the labels, and the same after the step on the texts' embeddings that raises their
    loss most.

    Args:
        model: from tokens (B, T) to logits (B, L).
        norm: of the step.
        frequencies: how often each token occurs, (V,); they sum to 1.
        label_smoothing: share of the target that is spread over all labels.
    """

    def __init__(
        self,
        model: keras.Model,
        norm: float,
        frequencies: NDArray[np.float32],
        *,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(model, label_smoothing=label_smoothing)
        self._norm, self._shares = norm, ops.convert_to_tensor(frequencies)
        self._split = SplitClassifier(model)

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over the texts as they are, and one behind the step that it found."""
        tokens, split = batch["tokens"], self._split

        def moved(away: Any) -> tuple[Any, None]:
            embedded = split.embed(tokens, training=True) + away
            logits = split.answer(tokens, embedded, training=True)
            return self.of(logits, batch), None

        def unmoved(away: Any) -> tuple[Any, None]:
            return with_penalties(moved(away)[0], self.model), None

        texts, length = ops.shape(tokens)
        nowhere = ops.zeros((texts, length, split.units))
        loss, _, (*gradients, steep) = value_and_gradients(unmoved, variables, nowhere)
        yield loss, gradients
        away = perturbation(steep, split.spread(self._shares), _present(tokens), self._norm)
        loss, _, gradients = value_and_gradients(lambda: moved(away), variables)
        yield loss, gradients


class UnlabelledAnswers:
    """A term: the mean divergence of answers after the step that changes them most, and their
    weighted mean entropy.

    It reads ``plain`` (B', T'), the tokens of texts whose labels are not looked at.

    Args:
        model: from tokens (B, T) to logits (B, L).
        settings: the norm of the step and the weight of the entropy; of 0 there is none.
        frequencies: how often each token occurs, (V,); they sum to 1.
        seed: of the random steps from which the steepest is found.
    """

    def __init__(
        self,
        model: keras.Model,
        settings: ConsistencySettings,
        frequencies: NDArray[np.float32],
        seed: keras.random.SeedGenerator,
    ) -> None:
        self.inputs: Inputs = {"plain": ((None, None), "int32")}
        self.state = [seed.state]
        self._settings, self._shares = settings, ops.convert_to_tensor(frequencies)
        self._seed, self._split = seed, SplitClassifier(model)

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass for both, after the step was found."""
        plain, split = batch["plain"], self._split
        logits = away = None
        if self._settings.virtual_adversarial:
            embedded = split.embed(plain, training=False)
            logits = split.answer(plain, embedded, training=False)
            away = self._steepest_change(plain, embedded, logits)
        loss, _, gradients = value_and_gradients(
            lambda: (self._loss(plain, logits, away), None), variables
        )
        yield loss, gradients

    def _loss(self, plain: Any, logits: Any, away: Any) -> Any:
        split = self._split
        embedded = split.embed(plain, training=True)
        loss = ops.zeros(())
        if self._settings.entropy:
            answers = split.answer(plain, embedded, training=True)
            loss = loss + self._settings.entropy * mean_entropy(answers)
        if self._settings.virtual_adversarial:
            changed = split.answer(plain, embedded + away, training=True)
            loss = loss + divergence(logits, changed)
        return loss

    def _steepest_change(self, tokens: Any, embedded: Any, logits: Any) -> Any:
        """The virtual adversarial step: one power iteration from a random one (section 3)."""
        present, spread = _present(tokens), self._split.spread(self._shares)
        noise = keras.random.normal(ops.shape(embedded), seed=self._seed)

        def change(probe: Any) -> tuple[Any, None]:
            changed = self._split.answer(tokens, embedded + probe, training=False)
            return divergence(logits, changed), None

        *_, (gradient,) = value_and_gradients(
            change, [], perturbation(noise, spread, present, _PROBE)
        )
        return perturbation(gradient, spread, present, self._settings.virtual_adversarial)


def _present(tokens: Any) -> Any:
    """1 for tokens and 0 for padding, (B, T)."""
    return ops.cast(ops.not_equal(tokens, Tokenizer.PAD), "float32")

"""Learning to write: windows of carried streams, next tokens, perplexity.

Shapes: B streams, T tokens a window, K candidates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.heads.generator.scores import measure_tokens
from textrnn.reports.measured import Measured
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.generator.model import LanguageModel
from textrnn.training.generator.plan import LanguageSettings
from textrnn.training.generator.restarts import Restarts
from textrnn.training.generator.token_store import TokenStore, stream_length
from textrnn.training.loop.backend import Shape, as_dense, value_and_gradients
from textrnn.training.loop.sampled_softmax import Candidates, sampled_cross_entropy
from textrnn.training.loop.step import Inputs, Pass, make_step
from textrnn.training.settings import TrainingSettings

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


_VALIDATION_STREAMS = 32


@dataclass(frozen=True)
class Window:
    """One step's tokens (B, T), the next ones (B, T), and the candidates (K,)."""

    tokens: NDArray[np.int32]
    targets: NDArray[np.int32]
    candidates: NDArray[np.int32]

    @property
    def token_count(self) -> int:
        """Tokens that are predicted: the start of the next document is not."""
        return int(np.count_nonzero(self.targets != Tokenizer.START))

    @property
    def texts(self) -> int:
        """The same: what the mean loss of a step weighs in the epoch's."""
        return self.token_count


class NextTokens:
    """A term (:class:`textrnn.training.loop.step.Term`): the mean loss of a prediction, by
    truncated backpropagation through time.

    It reads ``tokens`` (B, T), the next ones ``targets`` (B, T) and ``candidates`` (K,).

    Args:
        model: from :func:`textrnn.training.generator.model.build_generator`.
        states: where each stream stands, (B, U); every step reads them and moves them on.
        log_expected: of the ``Candidates`` of the sampled softmax, (V,); None where the loss is
            over the whole vocabulary.
    """

    def __init__(
        self,
        model: LanguageModel,
        states: Mapping[str, keras.Variable],
        *,
        log_expected: NDArray[np.float32] | None,
    ) -> None:
        tokens: tuple[Shape, str] = ((None, None), "int32")
        self.inputs: Inputs = {
            "tokens": tokens,
            "targets": tokens,
            "candidates": ((None,), "int32"),
        }
        self.state = list(states.values())
        self._model, self._states, self._log_expected = model, states, log_expected

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over a window, after which the streams stand at its end."""

        def loss_of() -> tuple[Any, dict[str, Any]]:
            states = {name: variable.value for name, variable in self._states.items()}
            found = self._model(batch["tokens"], states, training=True)
            present = ops.cast(ops.not_equal(batch["targets"], Tokenizer.START), "float32")
            losses = self._losses(found, batch["targets"], batch["candidates"])
            mean = ops.sum(losses * present) / ops.maximum(ops.sum(present), 1.0)
            return mean, {name: found[name] for name in states}

        loss, moved, gradients = value_and_gradients(loss_of, variables)
        for name, variable in self._states.items():
            variable.assign(moved[name])
        # The embedding's gradient comes as rows, which optimizers add up slowly.
        yield loss, as_dense(gradients, variables)

    def _losses(self, found: Mapping[str, Any], targets: Any, candidates: Any) -> Any:
        """Each prediction's loss in nats, (B, T)."""
        if self._log_expected is None:
            return ops.sparse_categorical_crossentropy(targets, found["logits"], from_logits=True)
        output = self._model.output_layer
        losses = sampled_cross_entropy(
            ops.reshape(found["hidden"], (-1, found["hidden"].shape[-1])),
            ops.reshape(targets, (-1,)),
            candidates,
            output.rows(self._model.embedding.embeddings),
            output.bias,
            self._log_expected,
        )
        return ops.reshape(losses, ops.shape(targets))


class LanguageObjective:
    """What a generator learns: see :class:`textrnn.training.loop.objective.Objective`.

    Args:
        model: from :func:`textrnn.training.generator.model.build_generator`.
        train: documents to learn from.
        validation: documents to choose the best epoch by.
        settings: how to train; ``max_tokens`` is T, ``batch_size`` is B.
        language: what a language model has besides.
        restarts: puts starts into the windows, of training and of validation; None leaves them.
        on_validated: called after each validation with the perplexity, while the weights are those
            validated.
    """

    score_name = "perplexity"
    higher_is_better = False

    def __init__(
        self,
        model: LanguageModel,
        train: TokenStore,
        validation: TokenStore,
        settings: TrainingSettings,
        language: LanguageSettings,
        *,
        restarts: Restarts | None = None,
        on_validated: Callable[[float], None] = lambda perplexity: None,
    ) -> None:
        self.model = model
        self.train = train
        self.validation = validation
        self.settings = settings
        self.language = language
        self.restarts = restarts
        self.on_validated = on_validated
        width = stream_length(train.size, settings.batch_size)
        # One more, since the first window of an epoch is cut short.
        self.steps = math.ceil(width / settings.max_tokens) + 1
        units = model.network.state_units
        self.states = {
            name: keras.Variable(np.zeros((settings.batch_size, n), np.float32), trainable=False)
            for name, n in units.items()
        }
        self.carried = list(self.states.values())
        self.candidates = None
        if language.candidates:
            counts = train.counts(model.network.vocabulary_size)
            self.candidates = Candidates(counts, language.candidates)
        self._loss = make_next_token_loss(model)

    def batches(self, *, epoch: int, skip: int) -> Iterator[Window]:
        """The windows of an epoch but the first ``skip``."""
        if skip == 0:
            for state in self.carried:
                state.assign(np.zeros(state.shape, np.float32))
        seed = (self.settings.random_state, epoch)
        windows = self.train.windows(
            streams=self.settings.batch_size,
            length=self.settings.max_tokens,
            rng=np.random.default_rng(seed),
            skip=skip,
            backward=self.language.backward,
        )
        for step, window in enumerate(windows, start=skip):
            if self.restarts is not None:
                window = self.restarts.put(window, np.random.default_rng((*seed, step, 1)))
            drawn = np.zeros(0, np.int32)
            if self.candidates is not None:
                drawn = self.candidates.draw(np.random.default_rng((*seed, step)))
            yield Window(*window, drawn)

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[Window], float]:
        """A function that trains on one window and returns its mean loss in nats."""
        require(
            keras.backend.backend() == "tensorflow",
            "generators train on Keras' TensorFlow backend alone",
        )
        expected = None if self.candidates is None else self.candidates.log_expected
        step = make_step(
            self.model, optimizer, [NextTokens(self.model, self.states, log_expected=expected)]
        )
        return lambda window: step(vars(window))

    def validate(self) -> tuple[float, float]:
        """Mean loss in nats and perplexity, over the whole vocabulary.

        The documents are read in up to 32 streams; what a stream begins with in the middle of a
        document it reads without what came before. Where training starts anew within documents,
        so does this, at the same places each time: what is written from a short seed counts.
        """
        nats, counts, _ = self._read()
        loss = float(nats.sum()) / max(int(counts.sum()), 1)
        perplexity = math.exp(min(loss, 700.0))
        self.on_validated(perplexity)
        return loss, perplexity

    def measured(self) -> Measured:
        """How good the model is as it stands."""
        nats, counts, foreseen = self._read()
        seen = self.train.counts(self.model.network.vocabulary_size) + 1.0
        frequency_nats = float(foreseen @ -np.log(seen / seen.sum())) / int(counts.sum())
        return measure_tokens(nats, counts, frequency_nats=frequency_nats)

    def _read(self) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """The losses in nats and the tokens of each stretch of the validation text, (stretches,),
        and how often each token is foreseen, (V,).
        """
        tokens = self.validation.size
        streams = max(1, min(_VALIDATION_STREAMS, tokens // (4 * self.settings.max_tokens)))
        network = self.model.network
        states = {
            name: np.zeros((streams, units), np.float32)
            for name, units in network.state_units.items()
        }
        nats, counts = list[NDArray[np.float64]](), list[NDArray[np.int64]]()
        foreseen = np.zeros(network.vocabulary_size, np.int64)
        windows = self.validation.windows(
            streams=streams, length=self.settings.max_tokens, backward=self.language.backward
        )
        rng = np.random.default_rng(0)
        for window in windows:
            if self.restarts is not None:
                window = self.restarts.put(window, rng)
            losses, states = self._loss(*window, states)  # (B, T)
            predicted = window[1] != Tokenizer.START
            nats.append(np.where(predicted, losses, 0.0).sum(axis=1, dtype=np.float64))
            counts.append(predicted.sum(axis=1))
            foreseen += np.bincount(window[1][predicted], minlength=len(foreseen))
        return np.concatenate(nats), np.concatenate(counts), foreseen

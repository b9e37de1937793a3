"""Learning to translate: batches of pairs, the loss of each next token, BLEU.

Shapes: B pairs, S tokens of a source, T tokens of a target that are predicted, V tokens of the
vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from textrnn.text.tokenizer import Tokenizer
from textrnn.training.loop.backend import compile_step, value_and_gradients
from textrnn.training.loop.step import Inputs, Pass, make_step
from textrnn.training.settings import TrainingSettings
from textrnn.training.translator.batches import PairBatch, PairBatches
from textrnn.training.translator.model import TranslationModel

_LEAST = 1e-9  # of what is copied: its logarithm is taken


def token_losses(found: Mapping[str, Any], source: Any, target: Any, smoothing: float) -> Any:
    """The loss of each token that is to come, in nats, (B, T).

    With copying a token's probability is that of
    :class:`textrnn.heads.translator.network.TranslatorHead`. Smoothing (Szegedy et al. 2016,
    section 7) spreads a share of the target over all tokens; with copying that share is learned by
    the softmax alone.

    Args:
        found: what the model gave: ``logits`` (B, T, V), ``attention`` (B, T, S) …
        source: the sources' tokens, (B, S).
        target: the tokens to come, (B, T).
        smoothing: the share.
    """
    logits = found["logits"]
    written = -ops.sparse_categorical_crossentropy(target, logits, from_logits=True)
    if "gate" in found:
        same = ops.equal(source[:, None], target[..., None])  # (B, T, S)
        copied = ops.sum(ops.where(same, found["attention"], 0.0), axis=-1)
        gate = found["gate"]
        written = ops.logaddexp(
            ops.log_sigmoid(gate) + written, ops.log_sigmoid(-gate) + ops.log(copied + _LEAST)
        )
    if not smoothing:
        return -written
    spread = ops.logsumexp(logits, axis=-1) - ops.mean(logits, axis=-1)
    return smoothing * spread - (1.0 - smoothing) * written


class TranslationLoss:
    """A term (:class:`textrnn.training.loop.step.Term`): the mean loss of a token to come. It reads
    what a :class:`PairBatch` holds.

    Args:
        model: from :func:`textrnn.training.translator.model.build_translator`.
        smoothing: as :func:`token_losses` has it.
    """

    state = ()
    inputs: ClassVar[Inputs] = {
        "source": ((None, None), "int32"),
        "target": ((None, None), "int32"),
    }

    def __init__(self, model: TranslationModel, smoothing: float) -> None:
        self._model, self._smoothing = model, smoothing

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over the pairs."""

        def loss_of() -> tuple[Any, None]:
            total, count = self.sums(batch["source"], batch["target"], training=True)
            return total / ops.maximum(count, 1.0), None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        yield loss, gradients

    def sums(self, source: Any, target: Any, *, training: bool) -> tuple[Any, Any]:
        """The sum of the losses of the tokens to come, and how many there are; smoothed in training
        alone.
        """
        read, to_come = target[:, :-1], target[:, 1:]
        found = self._model(source, read, training=training)
        smoothing = self._smoothing if training else 0.0
        losses = token_losses(found, source, to_come, smoothing)
        present = ops.cast(ops.not_equal(to_come, Tokenizer.PAD), "float32")
        return ops.sum(losses * present), ops.sum(present)


class TranslationObjective:
    """What a translator learns: see :class:`textrnn.training.loop.objective.Objective`.

    Args:
        model: from :func:`textrnn.training.translator.model.build_translator`.
        train: pairs to learn from.
        validation: those to choose the best epoch by.
        settings: how to train.
        bleu: measures the model as it is.
        epoch_batches: how many batches make an epoch, however many ``train`` has: the next goes on
            where one ends; 0 for all.
    """

    score_name = "BLEU"
    higher_is_better = True
    carried = ()

    def __init__(
        self,
        model: TranslationModel,
        train: PairBatches,
        validation: PairBatches,
        settings: TrainingSettings,
        bleu: Callable[[], float],
        *,
        epoch_batches: int = 0,
    ) -> None:
        self.model, self.train, self.validation = model, train, validation
        self.settings, self.steps = settings, epoch_batches or len(train)
        self._loss, self._bleu = TranslationLoss(model, settings.label_smoothing), bleu
        self._sums = compile_step(
            lambda source, target: ops.stack(self._loss.sums(source, target, training=False)),
            list(TranslationLoss.inputs.values()),
            model.variables,
        )

    def batches(self, *, epoch: int, skip: int) -> Iterator[PairBatch]:
        """The batches of an epoch but the first ``skip``."""
        done = epoch * self.steps + skip
        passes, skip_of_pass = divmod(done, len(self.train))
        left = (epoch + 1) * self.steps - done
        for number in count(passes):
            seed = (self.settings.random_state, number)
            for batch in islice(self.train.of_epoch(seed=seed, skip=skip_of_pass), left):
                yield batch
                left -= 1
            skip_of_pass = 0
            if left == 0:
                return

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[PairBatch], float]:
        """A function that trains on one batch and returns the mean loss of a token."""
        step = make_step(self.model, optimizer, [self._loss])
        return lambda batch: step(vars(batch))

    def validate(self) -> tuple[float, float]:
        """The mean loss of a token in nats, and BLEU of what is written."""
        total, count = np.sum(
            [np.asarray(self._sums(b.source, b.target)) for b in self.validation.in_order()], axis=0
        )
        return float(total / count), self._bleu()

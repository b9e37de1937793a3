"""A generator's network learns what a whole one foresees (Hinton, Vinyals & Dean 2015).

Half of the loss is that of the text itself, half the cross-entropy against the probabilities that
the whole network gives each next token; both carry their states from window to window.

Shapes: B streams, T tokens a window, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.corpora import Passage
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.distilling import HELD_OUT, Distilled, distil
from textrnn.training.generator.model import LanguageModel, build_generator
from textrnn.training.generator.objective import LanguageObjective, Window
from textrnn.training.generator.plan import LanguageSettings
from textrnn.training.generator.token_store import write_tokens
from textrnn.training.loop.backend import as_dense, seed_everything, value_and_gradients
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.step import Inputs, Pass, make_step
from textrnn.training.settings import TrainingSettings
from textrnn.training.weights.named import import_weights

_STREAMS = 16  # side by side; fewer where the text is short
_WINDOWS = 8  # each stream reads at least

Weights = Mapping[str, NDArray[np.float32]]
States = dict[str, keras.Variable]


class TaughtTokens:
    """A term (:class:`textrnn.training.loop.step.Term`): the mean over next tokens of half the loss
    of the text and half the cross-entropy against a teacher's probabilities.

    It reads ``tokens`` (B, T) and the next ones ``targets`` (B, T).

    Args:
        model: what learns.
        states: where each of its streams stands, (B, U).
        teacher: of the same vocabulary.
        teacher_states: where it stands.
    """

    def __init__(
        self, model: LanguageModel, states: States, teacher: LanguageModel, teacher_states: States
    ) -> None:
        self.inputs: Inputs = {
            "tokens": ((None, None), "int32"),
            "targets": ((None, None), "int32"),
        }
        self.state = [*states.values(), *teacher_states.values(), *teacher.variables]
        self._model, self._states = model, states
        self._teacher, self._teacher_states = teacher, teacher_states

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over a window, after which both networks stand at its end."""
        told = self._teacher(batch["tokens"], _values(self._teacher_states), training=False)
        shares = ops.softmax(told["logits"], axis=-1)  # (B, T, V)
        present = ops.cast(ops.not_equal(batch["targets"], Tokenizer.START), "float32")

        def loss_of() -> tuple[Any, dict[str, Any]]:
            found = self._model(batch["tokens"], _values(self._states), training=True)
            logits = found["logits"]
            of_text = ops.sparse_categorical_crossentropy(
                batch["targets"], logits, from_logits=True
            )
            taught = ops.categorical_crossentropy(shares, logits, from_logits=True)
            losses = (of_text + taught) / 2
            mean = ops.sum(losses * present) / ops.maximum(ops.sum(present), 1.0)
            return mean, {name: found[name] for name in self._states}

        loss, moved, gradients = value_and_gradients(loss_of, variables)
        for name, variable in self._states.items():
            variable.assign(moved[name])
        for name, variable in self._teacher_states.items():
            variable.assign(told[name])
        yield loss, as_dense(gradients, variables)


class TaughtObjective(LanguageObjective):
    """As a generator learns, with a teacher beside the text."""

    def __init__(self, model: LanguageModel, teacher: LanguageModel, *args: Any) -> None:
        super().__init__(model, *args)
        self.teacher = teacher
        self.teacher_states = {
            name: keras.Variable(
                np.zeros((self.settings.batch_size, units), np.float32), trainable=False
            )
            for name, units in teacher.network.state_units.items()
        }
        self.carried = [*self.carried, *self.teacher_states.values()]

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[Window], float]:
        """See :meth:`LanguageObjective.make_step`."""
        term = TaughtTokens(self.model, self.states, self.teacher, self.teacher_states)
        step = make_step(self.model, optimizer, [term])
        return lambda window: step(vars(window))


def distil_generator(
    network: GeneratorNetwork,
    weights: Weights,
    teacher: tuple[GeneratorNetwork, Weights],
    passages: Iterable[Passage],
    tokenizer: Tokenizer,
    settings: TrainingSettings,
    *,
    folder: Path,
    on_event: OnEvent | None = None,
) -> Distilled:
    """Train a generator's network on text and a whole network's answers to it.

    Args:
        network: the description.
        weights: to begin with.
        teacher: the whole network in the same vocabulary, and its weights.
        passages: the text.
        tokenizer: makes its tokens.
        settings: how to train; the number of streams follows from the text.
        folder: for the tokens.
        on_event: called after each step and epoch.

    Raises:
        InputError: the text is too short to hold some of it out.
    """
    store = write_tokens(passages, tokenizer, folder / "train.bin")
    train, validation = store.split(HELD_OUT, random_state=settings.random_state)
    settings = _fitting(settings, train.size)
    seed_everything(settings.random_state)
    model, whole = build_generator(network), build_generator(teacher[0])
    import_weights(whole, *teacher)
    return distil(
        model,
        network,
        weights,
        lambda: TaughtObjective(model, whole, train, validation, settings, LanguageSettings()),
        settings,
        measure="perplexity",
        on_event=on_event,
    )


def _fitting(settings: TrainingSettings, tokens: int) -> TrainingSettings:
    """As many streams as the text fills."""
    streams = max(1, min(_STREAMS, tokens // (_WINDOWS * settings.max_tokens)))
    return replace(settings, batch_size=streams)


def _values(states: States) -> dict[str, Any]:
    return {name: variable.value for name, variable in states.items()}

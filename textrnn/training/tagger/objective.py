"""Learning to tag: batches of sentences, the likelihood of their tags, F1 of their spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.corpora import Span, tags_to_spans
from textrnn.decoding.chain import Chain, path_scores
from textrnn.decoding.marginals import log_partition, marginals
from textrnn.decoding.transitions import further_tag
from textrnn.decoding.viterbi import viterbi
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.scores import SpanCounts
from textrnn.reports.measured import Measured
from textrnn.training.layers.crf import CRF
from textrnn.training.loop.backend import compile_step, value_and_gradients, with_penalties
from textrnn.training.loop.batches import steps_per_epoch
from textrnn.training.loop.step import Inputs, Pass, make_step
from textrnn.training.settings import TrainingSettings
from textrnn.training.tagger.batches import EncodedSentences, SentenceBatch
from textrnn.training.tagger.sentences import ServedTexts

_TEMPERATURES = np.round(np.arange(0.5, 3.01, 0.05), 2)
_IMPOSSIBLE = -30.0  # nats: a tag that its scheme forbids at a token has no gradient below this
_FEW = 1000  # predicted spans, of which fewer draw the temperature towards 1
_TEMPERATURE_DEVIATION = 0.15  # of its logarithm before any span is seen


class TagLikelihood:
    """A term (:class:`textrnn.training.loop.step.Term`): the mean negative log-likelihood of the
    tags of a sentence, and the penalties of the layers on their weights.

    It reads the model's inputs and the right ``tags`` (B, T). Of a sentence that has probabilities
    of tags in their place, ``targets`` (B, T, L), the loss is the cross-entropy of each token's
    tags against them: of a CRF's marginals (Wang et al. 2020, "Structure-Level Knowledge
    Distillation For Multilingual Sequence Labeling": posterior distillation).

    Args:
        model: from :func:`textrnn.training.tagger.model.build_tagger`; where its last layer is a
            CRF the likelihood is that of whole sequences, else of each tag by itself.
        has_probabilities: whether there are such sentences.
    """

    def __init__(self, model: keras.Model, *, has_probabilities: bool = False) -> None:
        self.model = model
        self.inputs: Inputs = {**model_inputs(model), "tags": ((None, None), "int32")}
        if has_probabilities:
            self.inputs |= {"targets": ((None, None, model.output_shape[-1]), "float32")}
        self.state = ()

    def passes(
        self, batch: Mapping[str, Any], variables: Sequence[keras.Variable]
    ) -> Iterator[Pass]:
        """One pass over the sentences."""
        mask = ops.not_equal(batch["tokens"], 0)  # (B, T)
        inputs = {name: batch[name] for name in model_inputs(self.model)}

        def loss_of() -> tuple[Any, None]:
            emissions = self.model(inputs, training=True)
            likelihood = self._likelihood(emissions, batch["tags"], mask)
            if "targets" in self.inputs:
                taught = ops.any(batch["targets"] > 0, axis=(1, 2))  # (B,)
                matched = self._expected(emissions, batch["targets"], mask)
                likelihood = ops.where(taught, matched, likelihood)
            return with_penalties(-ops.mean(likelihood), self.model), None

        loss, _, gradients = value_and_gradients(loss_of, variables)
        yield loss, gradients

    def _likelihood(self, emissions: Any, tags: Any, mask: Any) -> Any:
        """The log-likelihood of each sentence, (B,)."""
        last = self.model.layers[-1]
        if isinstance(last, CRF):
            return last.log_likelihood(emissions, tags, mask)
        logs = -ops.sparse_categorical_crossentropy(tags, emissions, from_logits=True)
        return ops.sum(logs * ops.cast(mask, logs.dtype), axis=1)

    def _expected(self, emissions: Any, targets: Any, mask: Any) -> Any:
        """The expected log-probability of each sentence's tags under the targets, (B,)."""
        last = self.model.layers[-1]
        if isinstance(last, CRF):
            logs = ops.maximum(last.log_marginals(emissions, mask), _IMPOSSIBLE)
        else:
            logs = ops.log_softmax(emissions, axis=-1)
        present = ops.cast(mask, logs.dtype)[..., None]
        return ops.sum(targets * logs * present, axis=(1, 2))


def model_inputs(model: keras.Model) -> Inputs:
    """The inputs of a model by name, as steps describe them."""
    return {tensor.name: (tuple(tensor.shape), tensor.dtype) for tensor in model.inputs}


def make_emit(model: keras.Model) -> Callable[[Mapping[str, NDArray[Any]]], NDArray[np.float32]]:
    """A function from a tagger's inputs to emissions (B, T, L), dropout off."""
    inputs = model_inputs(model)

    def emit(*tensors: Any) -> Any:
        return model(dict(zip(inputs, tensors, strict=True)), training=False)

    run = compile_step(emit, list(inputs.values()), model.variables)
    return lambda batch: np.asarray(run(*(batch[name] for name in inputs)))


class TaggingObjective:
    """What a tagger learns: see :class:`textrnn.training.loop.objective.Objective`.

    Args:
        model: from :func:`textrnn.training.tagger.model.build_tagger`.
        network: its description.
        train: sentences to learn from.
        validation: the windows of ``texts``.
        texts: those to choose the best epoch by.
        settings: how to train.
    """

    score_name = "f1"
    higher_is_better = True
    carried = ()

    def __init__(
        self,
        model: keras.Model,
        network: TaggerNetwork,
        train: EncodedSentences,
        validation: EncodedSentences,
        texts: ServedTexts,
        settings: TrainingSettings,
    ) -> None:
        self.model = model
        self.network = network
        self.settings = settings
        self._has_probabilities = train.has_probabilities
        self.turn_to(train, validation, texts)
        self._emit = make_emit(model)

    def turn_to(
        self, train: EncodedSentences, validation: EncodedSentences, texts: ServedTexts
    ) -> None:
        """Learn from other sentences, and choose by others."""
        self.train, self.validation, self.texts = train, validation, texts
        self.steps = steps_per_epoch(len(train), self.settings.batch_size)

    def batches(self, *, epoch: int, skip: int) -> Iterator[SentenceBatch]:
        """The batches of an epoch but the first ``skip``."""
        return self.train.training_batches(
            batch_size=self.settings.batch_size,
            seed=(self.settings.random_state, epoch),
            skip=skip,
        )

    def make_step(self, optimizer: keras.optimizers.Optimizer) -> Callable[[SentenceBatch], float]:
        """A function that trains on one batch and returns a sentence's mean loss in nats."""
        require(
            keras.backend.backend() == "tensorflow",
            "taggers train on Keras' TensorFlow backend alone",
        )
        term = TagLikelihood(self.model, has_probabilities=self._has_probabilities)
        step = make_step(self.model, optimizer, [term])
        return lambda batch: step({**batch.inputs, "tags": batch.tags, "targets": batch.targets})

    def validate(self) -> tuple[float, float]:
        """Mean negative log-likelihood in nats of a window's tags, and micro F1 of spans."""
        loss_nats, counts = self.read()
        return loss_nats, counts.f1

    def measured(self) -> Measured:
        """How good the model is as it stands."""
        return self.read()[1].measured()

    def read(self) -> tuple[float, SpanCounts]:
        """Mean loss of a window's tags in nats, and the spans found in the validation texts."""
        tags, chain = self.network.head.tags, chain_of(self.model, self.network)
        loss_nats, found = 0.0, [list[Span]() for _ in range(len(self.validation))]
        for members, emissions, right in self.emissions():
            lengths = self.validation.lengths[members]
            scores = path_scores(emissions, right, lengths, chain)
            loss_nats -= float((scores - log_partition(emissions, lengths, chain)).sum())
            for i, path in zip(members, viterbi(emissions, lengths, chain), strict=True):
                found[i] = tags_to_spans([tags[number] for number in path])
        return loss_nats / max(1, len(self.validation)), self.texts.counts(found)

    def emissions(self) -> Iterator[tuple[list[int], NDArray[np.float32], NDArray[np.int32]]]:
        """Batches of validation windows: their numbers, emissions (B, T, L), tags (B, T)."""
        order = np.argsort(self.validation.lengths, kind="stable").tolist()
        size = 2 * self.settings.batch_size
        for begin in range(0, len(order), size):
            members = order[begin : begin + size]
            batch = self.validation.batch(members)
            yield members, self._emit(batch.inputs), batch.tags


def chain_of(model: keras.Model, network: TaggerNetwork) -> Chain:
    """The scores of moves that a model has learned; of a softmax what the scheme forbids alone."""
    if network.head.decoder != "crf":
        return Chain.over(network.head.tags)
    weights = (ops.convert_to_numpy(weight) for weight in model.get_layer("crf").weights)
    return Chain.over(network.head.tags, **dict(zip(("transitions", "start", "end"), weights)))  # noqa: B905


def find_temperature(objective: TaggingObjective) -> float:
    """The temperature under which the probabilities of predicted spans fit the validation texts."""
    return best_temperature(*temperature_losses(objective))


def best_temperature(losses: NDArray[np.float64] | float, spans: int) -> float:
    """The temperature of the least loss; few spans draw its logarithm towards 0, as few texts do a
    classifier's.

    Args:
        losses: of each temperature of the grid.
        spans: those that they are of.

    Returns:
        One of a grid from 0.5 to 3; 1 where nothing is predicted.
    """
    few = max(0.0, 1 - spans / _FEW)
    drawn = losses + few * np.log(_TEMPERATURES) ** 2 / (2 * _TEMPERATURE_DEVIATION**2)
    return float(_TEMPERATURES[int(drawn.argmin())]) if spans else 1.0


def temperature_losses(objective: TaggingObjective) -> tuple[NDArray[np.float64], int]:
    """What each temperature costs the probabilities of the spans that Viterbi finds in the
    validation texts: the negative log-likelihood of "this span is right" (Guo et al. 2017, section
    4.2, for spans instead of classes), in nats; and how many spans these are.
    """
    tags, chain = objective.network.head.tags, chain_of(objective.model, objective.network)
    batches = list(objective.emissions())
    losses, count = np.zeros(len(_TEMPERATURES)), 0
    for members, emissions, _ in batches:
        lengths = objective.validation.lengths[members]
        paths = viterbi(emissions, lengths, chain)
        spans = [tags_to_spans([tags[number] for number in path]) for path in paths]
        count += sum(map(len, spans))
        right = [
            [span in objective.validation.spans[i] for span in found]
            for i, found in zip(members, spans, strict=True)
        ]
        for k, temperature in enumerate(_TEMPERATURES):
            under = marginals(emissions / temperature, lengths, chain.scaled(temperature))
            for row, found in enumerate(spans):
                for span, correct in zip(found, right[row], strict=True):
                    path = paths[row][span.start : span.end]
                    probability = under.span(row, span.start, path, further_tag(tags, span.label))
                    kept = probability if correct else 1.0 - probability
                    losses[k] -= np.log(max(kept, 1e-12))
    return losses, count

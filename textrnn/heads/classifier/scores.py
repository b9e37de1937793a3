"""Accuracy, precision, recall and F1 of a classifier, and what it confuses."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from textrnn.corpora import unknown_label_message
from textrnn.errors import InputError

if TYPE_CHECKING:
    from textrnn.corpora import LabelledText
    from textrnn.heads.classifier.classifier import Classifier

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.reports.reliability import ReliabilityBin, expected_calibration_error, reliability


@dataclass(frozen=True)
class ClassScore:
    """Scores of one label, or an average of several.

    Attributes:
        label: the label, or the name of the average.
        precision: share of the texts given this label that have it; 0 where none was.
        recall: share of the texts that have it that were given it; 0 where none does.
        f1: their harmonic mean; 0 where both are 0.
        support: how many texts have it.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Mistake:
    """A text that was given the wrong label."""

    text: str
    gold: str
    predicted: str
    probability: float


@dataclass(frozen=True)
class ClassificationReport:
    """The scores of a classifier on some texts.

    Attributes:
        texts: how many there were.
        accuracy: share that was right.
        classes: scores of each label.
        macro: their mean, each label counted once.
        weighted: their mean, each label counted by its support.
        labels: the labels, in the order of the confusion matrix.
        confusion: texts by gold label (rows) and predicted label (columns).
        calibration_error: expected calibration error of the top probability.
        bins: what it was computed from.
        mistakes: the wrong answers given with the highest probability, up to 20.
    """

    texts: int
    accuracy: float
    classes: tuple[ClassScore, ...]
    macro: ClassScore
    weighted: ClassScore
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    calibration_error: float
    bins: tuple[ReliabilityBin, ...]
    mistakes: tuple[Mistake, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


def score_classification(
    gold: Sequence[str],
    probabilities: Sequence[Mapping[str, float]],
    *,
    labels: Sequence[str],
    mistakes: Sequence[Mistake] = (),
) -> ClassificationReport:
    """Score predictions.

    Args:
        gold: the right label of each text.
        probabilities: for each text every label's probability, the most probable first.
        labels: all labels; ``gold`` has no other.
        mistakes: the wrong answers worth showing.

    Returns:
        The report; all scores are from 0 to 1.

    Raises:
        ConfigurationError: there is no text, or the two sequences differ in length.
    """
    require(len(gold) > 0, "there are no texts to score")
    require(
        len(gold) == len(probabilities),
        f"{len(gold)} gold labels and {len(probabilities)} predictions",
    )
    number = {label: i for i, label in enumerate(labels)}
    predicted = [next(iter(row)) for row in probabilities]
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    for right, given in zip(gold, predicted, strict=True):
        confusion[number[right], number[given]] += 1
    classes = tuple(_class_score(label, i, confusion) for i, label in enumerate(labels))
    correct = [right == given for right, given in zip(gold, predicted, strict=True)]
    bins = reliability([row[p] for row, p in zip(probabilities, predicted, strict=True)], correct)
    return ClassificationReport(
        texts=len(gold),
        accuracy=float(np.mean(correct)),
        classes=classes,
        macro=_average("macro average", classes, np.ones(len(classes))),
        weighted=_average("weighted average", classes, confusion.sum(axis=1)),
        labels=tuple(labels),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        calibration_error=expected_calibration_error(bins),
        bins=bins,
        mistakes=tuple(mistakes),
    )


def _class_score(label: str, i: int, confusion: NDArray[np.int64]) -> ClassScore:
    hits, given, support = confusion[i, i], confusion[:, i].sum(), confusion[i].sum()
    precision = float(hits / given) if given else 0.0
    recall = float(hits / support) if support else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return ClassScore(label, precision, recall, f1, int(support))


def _average(name: str, classes: tuple[ClassScore, ...], weights: NDArray[Any]) -> ClassScore:
    mean = np.average([(c.precision, c.recall, c.f1) for c in classes], axis=0, weights=weights)
    precision, recall, f1 = (float(value) for value in mean)
    return ClassScore(name, precision, recall, f1, sum(c.support for c in classes))


_MISTAKES = 20
_MISTAKE_CHARACTERS = 300


def evaluate_classifier(
    classifier: Classifier,
    examples: Iterable[LabelledText],
    *,
    batch_size: int = 16,
    on_text: Callable[[], None] = lambda: None,
) -> ClassificationReport:
    """Classify labelled texts and score the answers.

    Args:
        classifier: the model.
        examples: texts with their right labels.
        batch_size: windows run together.
        on_text: called after each text, for a progress display.

    Returns:
        The report, with up to 20 of the most confident mistakes.

    Raises:
        InputError: an example has a label that the model does not, or there are no examples.
    """
    gold: list[str] = []

    def texts() -> Iterator[str]:
        for example in examples:
            if example.label not in classifier.labels:
                message = unknown_label_message(
                    example.label, example.place, classifier.labels, "the model's"
                )
                raise InputError(message)
            gold.append(example.label)
            yield example.text

    probabilities = []
    worst: list[tuple[float, int, Mistake]] = []  # a heap, the least confident on top
    order = count()
    for i, result in enumerate(
        classifier.classify_stream(
            texts(), batch_size=batch_size, token_weights=False, read_ahead=True
        )
    ):
        probabilities.append(result.probabilities)
        if result.label != gold[i]:
            mistake = Mistake(_shortened(result.text), gold[i], result.label, result.probability)
            heapq.heappush(worst, (result.probability, next(order), mistake))
            if len(worst) > _MISTAKES:
                heapq.heappop(worst)
        on_text()
    if not gold:
        raise InputError("there are no texts to score")
    mistakes = [mistake for *_, mistake in sorted(worst, reverse=True)]
    return score_classification(gold, probabilities, labels=classifier.labels, mistakes=mistakes)


def _shortened(text: str) -> str:
    return text if len(text) <= _MISTAKE_CHARACTERS else text[:_MISTAKE_CHARACTERS] + "…"

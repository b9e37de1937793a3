"""Accuracy, precision, recall and F1 of a classifier, and what it confuses."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.corpora import LabelledText, unknown_label_message
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.heads.classifier.report import ClassificationReport, Mistake
from textrnn.heads.classifier.result import Classification
from textrnn.heads.outcome import OnOutcome, Outcome, unheard
from textrnn.reports.label_scores import LabelScore
from textrnn.reports.measured import Measured, share_interval
from textrnn.reports.reliability import expected_calibration_error, reliability

_MISTAKES = 20
_MISTAKE_CHARACTERS = 300
_REMEDY = "more texts of each label may help, more epochs, or fewer labels"


def measured_examples(
    examples: Iterable[LabelledText],
    labels: Sequence[str],
    among: Sequence[str],
    *,
    on_note: Callable[[str], None] = lambda line: None,
) -> Iterator[LabelledText]:
    """The examples by which a classifier is measured.

    Args:
        examples: texts with labels.
        labels: the classifier's.
        among: those that are measured.
        on_note: told at the end how many texts with others were left out.

    Raises:
        InputError: one has a label that the classifier does not.
    """
    others = 0
    for example in examples:
        if example.label not in labels:
            message = unknown_label_message(example.label, example.place, labels, "the model's")
            raise InputError(message)
        if example.label in among:
            yield example
        else:
            others += 1
    if others:
        texts = counted(others, "text has", "texts have")
        on_note(f"{texts} another label than {', '.join(among)}: left out")


def score_answers(
    answered: Iterable[tuple[LabelledText, Classification]],
    *,
    labels: Sequence[str],
    on_outcome: OnOutcome = unheard,
) -> ClassificationReport:
    """Score a classifier's answers as they come.

    Args:
        answered: texts with their right labels, and what was answered.
        labels: the classifier's.
        on_outcome: told of each text.

    Returns:
        The report, with up to 20 of the most confident mistakes.

    Raises:
        InputError: there are none.
    """
    gold: list[str] = []
    probabilities: list[Mapping[str, float]] = []
    worst: list[tuple[float, int, Mistake]] = []  # a heap, the least confident on top
    order = count()
    for example, result in answered:
        gold.append(example.label)
        probabilities.append(result.probabilities)
        on_outcome(Outcome(result.label, result.label == example.label))
        if result.label != example.label:
            mistake = Mistake(
                _shortened(result.text), example.label, result.label, result.probability
            )
            heapq.heappush(worst, (result.probability, next(order), mistake))
            if len(worst) > _MISTAKES:
                heapq.heappop(worst)
    if not gold:
        raise InputError("there are no texts to score")
    mistakes = [mistake for *_, mistake in sorted(worst, reverse=True)]
    return score_classification(gold, probabilities, labels=labels, mistakes=mistakes)


def _shortened(text: str) -> str:
    return text if len(text) <= _MISTAKE_CHARACTERS else text[:_MISTAKE_CHARACTERS] + "…"


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
        accuracy_interval=share_interval(sum(correct), len(correct)),
        classes=classes,
        macro=_average("macro average", classes, 1.0 * _is_met(confusion)),
        weighted=_average("weighted average", classes, confusion.sum(axis=1)),
        labels=tuple(labels),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        calibration_error=expected_calibration_error(bins),
        bins=bins,
        mistakes=tuple(mistakes),
    )


def _is_met(confusion: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which labels some text has or is given; of others precision and recall are not known."""
    met: NDArray[np.bool_] = confusion.sum(axis=0) + confusion.sum(axis=1) > 0
    return met


def measure_answers(
    right: NDArray[np.integer[Any]], given: NDArray[np.integer[Any]], labels: Sequence[str]
) -> Measured:
    """The accuracy of answers to validation texts, and whether it is worth anything.

    Args:
        right: the right label's number of each text, (texts,).
        given: the number of the label that was answered, (texts,).
        labels: their names.
    """
    hits, texts = int((right == given).sum()), len(right)
    weakness = _weakness(right, given, labels)
    interval = share_interval(hits, texts)
    return Measured("accuracy", hits / texts, interval, texts, "text", weakness)


def _weakness(
    right: NDArray[np.integer[Any]], given: NDArray[np.integer[Any]], labels: Sequence[str]
) -> str:
    """What makes such answers useless; nothing where the texts are all of one label, since these
    cannot tell.
    """
    counts, texts = np.bincount(right, minlength=len(labels)), len(right)
    accuracy, share = (right == given).sum() / texts, counts.max() / texts
    if share == 1 or (accuracy > share and len(np.unique(given)) > 1):
        return ""
    if len(np.unique(given)) == 1:
        found = (
            f"it answers {labels[int(given[0])]!r} to all of {counted(texts, 'validation text')}"
        )
    else:
        found = (
            f"its accuracy of {accuracy:.4f} is no better than that of always answering "
            f"{labels[int(counts.argmax())]!r}, {share:.4f}"
        )
    return f"{found}; {_REMEDY}"


def _class_score(label: str, i: int, confusion: NDArray[np.int64]) -> LabelScore:
    hits, given, support = confusion[i, i], confusion[:, i].sum(), confusion[i].sum()
    precision = float(hits / given) if given else 0.0
    recall = float(hits / support) if support else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return LabelScore(label, precision, recall, f1, int(support))


def _average(name: str, classes: tuple[LabelScore, ...], weights: NDArray[Any]) -> LabelScore:
    mean = np.average([(c.precision, c.recall, c.f1) for c in classes], axis=0, weights=weights)
    precision, recall, f1 = (float(value) for value in mean)
    return LabelScore(name, precision, recall, f1, sum(c.support for c in classes))

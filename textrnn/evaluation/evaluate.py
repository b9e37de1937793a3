"""Running a model over labelled texts and scoring what it says."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from textrnn.errors import InputError
from textrnn.evaluation.classification import ClassificationReport, Mistake, score_classification

if TYPE_CHECKING:
    from textrnn.corpora import LabelledText
    from textrnn.heads.classifier import Classifier

_MISTAKES = 20
_MISTAKE_CHARACTERS = 300


def evaluate_classifier(
    classifier: Classifier,
    examples: Iterable[LabelledText],
    *,
    batch_size: int = 32,
    on_text: Callable[[], None] = lambda: None,
) -> ClassificationReport:
    """Classify labelled texts and score the answers.

    Args:
        classifier: the model.
        examples: texts with their right labels.
        batch_size: windows run at once.
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
                raise InputError(
                    f"label {example.label!r} is not one of the model's: "
                    f"{', '.join(classifier.labels)}; rename it with --map-label"
                )
            gold.append(example.label)
            yield example.text

    probabilities = []
    worst: list[tuple[float, int, Mistake]] = []  # a heap, the least confident on top
    order = count()
    for i, result in enumerate(
        classifier.classify_stream(texts(), batch_size=batch_size, token_weights=False)
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

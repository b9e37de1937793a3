"""Running a model over labelled texts and scoring what it says."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, groupby
from typing import TYPE_CHECKING, Any

from textrnn.corpora import Span, TaggedSentence, unknown_label_message
from textrnn.errors import InputError
from textrnn.evaluation.calibration import reliability
from textrnn.evaluation.classification import ClassificationReport, Mistake, score_classification
from textrnn.evaluation.spans import ScoredText, SpanReport, score_texts
from textrnn.runtime.stream import with_answers
from textrnn.text.alignment import Misalignments

if TYPE_CHECKING:
    from textrnn.corpora import LabelledText, SpannedText
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.heads.tagger.result import TaggedText
    from textrnn.heads.tagger.tagger import Tagger

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


def evaluate_tagger(
    tagger: Tagger,
    examples: Iterable[TaggedSentence | SpannedText],
    *,
    batch_size: int = 32,
    on_text: Callable[[], None] = lambda: None,
) -> SpanReport:
    """Tag sentences and score the spans.

    Sentences that come in words are read as these words. Text that comes whole is cut by the
    tagger, and a span counts where both its borders agree with the right one's to the code point.

    Args:
        tagger: the model.
        examples: sentences or texts with their right spans.
        batch_size: windows run together.
        on_text: called after each sentence, for a progress display.

    Returns:
        The report; its calibration error is that of the probabilities of the spans found.

    Raises:
        InputError: a span has a label that the model does not, or there are no examples.
    """
    texts: list[ScoredText] = []
    probabilities: list[float] = []
    misalignments = Misalignments()
    for example, tagged in _tagged(tagger, examples, batch_size):
        for span in example.spans:
            if span.label not in tagger.labels:
                place = f"{example.place}: " if example.place else ""
                raise InputError(
                    f"{place}label {span.label!r} is not one of the model's: "
                    f"{', '.join(tagger.labels)}; rename it with --map-label, or drop its spans "
                    f"with --map-label {span.label}="
                )
        texts.append(_scored(example, tagged))
        misalignments.add(example, tagged.offsets)
        probabilities += [entity.probability for entity in tagged.entities]
        on_text()
    if not texts:
        raise InputError("there are no texts to score")
    correct = [span in text.gold for text in texts for span in text.found]
    return score_texts(
        texts,
        bins=reliability(probabilities, correct),
        misaligned=misalignments.count,
        first_misaligned=misalignments.first,
    )


def _tagged(
    tagger: Tagger, examples: Iterable[TaggedSentence | SpannedText], batch_size: int
) -> Iterator[tuple[TaggedSentence | SpannedText, TaggedText]]:
    """Each example with what the tagger says of it, in runs of the same kind."""

    def answer_words(sent: Iterator[Any]) -> Iterator[TaggedText]:
        return tagger.tag_words((e.words for e in sent), batch_size=batch_size, read_ahead=True)

    def answer_texts(sent: Iterator[Any]) -> Iterator[TaggedText]:
        return tagger.tag_stream((e.text for e in sent), batch_size=batch_size, read_ahead=True)

    for kind, run in groupby(examples, key=type):
        yield from with_answers(run, answer_words if kind is TaggedSentence else answer_texts)


def _scored(example: TaggedSentence | SpannedText, tagged: TaggedText) -> ScoredText:
    """An example as the tagger read it, its right spans and those found in code points."""
    gold: Sequence[Span] = example.spans
    if isinstance(example, TaggedSentence):
        offsets = tagged.offsets
        gold = [Span(offsets[s.start][0], offsets[s.end - 1][1], s.label) for s in example.spans]
    found = [Span(e.start, e.end, e.label) for e in tagged.entities]
    return ScoredText(tagged.text, tagged.offsets, gold, found)

"""Scores of tagged spans: a span counts where its borders and its label are right.

Precision, recall and F1 as conlleval and, in its strict mode, seqeval count them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textrnn.configuration import some_of
from textrnn.corpora import Span, SpannedText, TaggedSentence
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.heads.outcome import OnOutcome, Outcome, unheard
from textrnn.heads.tagger.report import NOTHING, Slip, SpanReport
from textrnn.heads.tagger.result import TaggedText
from textrnn.reports.label_scores import LabelScore
from textrnn.reports.measured import Measured, f1_interval
from textrnn.reports.reliability import ReliabilityBin, reliability
from textrnn.text.alignment import Misalignments

_REMEDY = "more sentences with spans may help, or more epochs"
_AROUND = 8  # tokens that are shown before and after an error

Example = TaggedSentence | SpannedText


def score_answers(
    answered: Iterable[tuple[Example, TaggedText]],
    *,
    labels: Sequence[str],
    on_outcome: OnOutcome = unheard,
) -> SpanReport:
    """Score a tagger's answers as they come.

    Args:
        answered: sentences or texts with their right spans, and what was answered. Of a text, a
            span counts where both its borders agree with the right one's to the code point.
        labels: the tagger's.
        on_outcome: told of each of them.

    Returns:
        The report; its calibration error is that of the probabilities of the spans found.

    Raises:
        InputError: a span has a label that the model does not, or there are no examples.
    """
    texts: list[ScoredText] = []
    probabilities: list[float] = []
    misalignments = Misalignments()
    for example, tagged in answered:
        _check_labels(example, labels)
        texts.append(_scored(example, tagged))
        found = frozenset(texts[-1].found)
        on_outcome(Outcome(found, found == frozenset(texts[-1].gold)))
        misalignments.add(example, tagged.offsets)
        probabilities += [entity.probability for entity in tagged.entities]
    if not texts:
        raise InputError("there are no texts to score")
    correct = [span in text.gold for text in texts for span in text.found]
    return score_texts(
        texts,
        bins=reliability(probabilities, correct),
        misaligned=misalignments.count,
        first_misaligned=misalignments.first,
    )


def _check_labels(example: Example, labels: Sequence[str]) -> None:
    for span in example.spans:
        if span.label not in labels:
            place = f"{example.place}: " if example.place else ""
            raise InputError(
                f"{place}label {span.label!r} is not one of the model's: {some_of(labels)}; "
                f"rename it with labels=…, or drop its spans with labels={{{span.label!r}: ''}}"
            )


def _scored(example: Example, tagged: TaggedText) -> ScoredText:
    """An example as the tagger read it, its right spans and those found in code points."""
    gold: Sequence[Span] = example.spans
    if isinstance(example, TaggedSentence):
        offsets = tagged.offsets
        gold = [Span(offsets[s.start][0], offsets[s.end - 1][1], s.label) for s in example.spans]
    found = [Span(e.start, e.end, e.label) for e in tagged.entities]
    return ScoredText(tagged.text, tagged.offsets, gold, found)


@dataclass(frozen=True)
class SpanCounts:
    """Spans of some sentences.

    Attributes:
        right: those that were found and are there.
        said: those that were found.
        there: those that are there.
    """

    right: int
    said: int
    there: int

    @property
    def f1(self) -> float:
        """Micro F1, from 0 to 1; 0 where there is nothing to count."""
        return _score("", self.right, self.said, self.there).f1

    def measured(self) -> Measured:
        """F1 on validation sentences, and whether it is worth anything."""
        weakness = ""
        if not self.there:
            weakness = "its validation sentences have no spans, so that nothing was measured"
        elif not self.said:
            weakness = (
                f"it finds none of the {counted(self.there, 'span')} of its validation sentences"
            )
        elif not self.right:
            weakness = (
                f"of the {counted(self.said, 'span')} that it finds to validate none is right"
            )
        interval = f1_interval(self.right, self.said, self.there)
        remedy = weakness and f"{weakness}; {_REMEDY}"
        return Measured("F1", self.f1, interval, self.there, "span", remedy)


def count_spans(
    gold: Iterable[Sequence[Span]], predicted: Iterable[Sequence[Span]], *, missed: int = 0
) -> SpanCounts:
    """Count spans over sentences.

    Args:
        gold: the right spans of each sentence.
        predicted: those given.
        missed: further right spans, which nothing can meet.

    Example:
        >>> count_spans([[Span(0, 2, "PER"), Span(3, 4, "LOC")]], [[Span(0, 2, "PER")]]).f1
        0.6666666666666666
    """
    right, said, there = 0, 0, missed
    for truth, answer in zip(gold, predicted, strict=True):
        right += len(set(truth) & set(answer))
        said += len(answer)
        there += len(truth)
    return SpanCounts(right, said, there)


@dataclass(frozen=True)
class ScoredText:
    """A text with its right spans and those given, all of code points.

    Attributes:
        text: the text.
        offsets: of each token, its first code point and one past its last.
        gold: the right spans; they may end within tokens.
        found: those given.
    """

    text: str
    offsets: Sequence[tuple[int, int]]
    gold: Sequence[Span]
    found: Sequence[Span]


def score_texts(
    texts: Sequence[ScoredText],
    *,
    slips: int = 20,
    bins: tuple[ReliabilityBin, ...] = (),
    misaligned: int = 0,
    first_misaligned: str = "",
) -> SpanReport:
    """Score the spans of texts.

    Args:
        texts: with their right spans and those given.
        slips: how many common errors to keep.
        bins: passed on to the report, as what follows is.
        misaligned: right spans that end within tokens.
        first_misaligned: the first of them.
    """
    right, said, there = Counter[str](), Counter[str](), Counter[str]()
    pairs = Counter[tuple[str, str]]()
    errors = Counter[tuple[str, str, str]]()
    contexts: dict[tuple[str, str, str], str] = {}
    for text in texts:
        right.update(span.label for span in set(text.gold) & set(text.found))
        said.update(span.label for span in text.found)
        there.update(span.label for span in text.gold)
        for one, other in _meet(text.gold, text.found):
            names = (one.label if one else NOTHING, other.label if other else NOTHING)
            pairs[names] += 1
            if one != other:
                shown = one or other
                assert shown is not None
                key = (_one_line(text.text[shown.start : shown.end]), *names)
                errors[key] += 1
                contexts.setdefault(key, _bracketed(text, one, other))
    known = sorted(set(there) | set(said))
    labels = (*known, NOTHING)
    ranked = sorted(errors.items(), key=lambda item: (-item[1], item[0]))[:slips]
    return SpanReport(
        sentences=len(texts),
        tokens=sum(len(text.offsets) for text in texts),
        micro=_score("micro", right.total(), said.total(), there.total()),
        f1_interval=f1_interval(right.total(), said.total(), there.total()),
        classes=tuple(_score(name, right[name], said[name], there[name]) for name in known),
        labels=labels,
        confusion=tuple(tuple(pairs[row, column] for column in labels) for row in labels),
        slips=tuple(Slip(*key, count, contexts[key]) for key, count in ranked),
        bins=bins,
        misaligned=misaligned,
        first_misaligned=first_misaligned,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _score(label: str, right: int, said: int, there: int) -> LabelScore:
    precision, recall = right / max(said, 1), right / max(there, 1)
    f1 = 2 * right / max(said + there, 1)
    return LabelScore(label, precision, recall, f1, there)


def _meet(gold: Sequence[Span], predicted: Sequence[Span]) -> list[tuple[Span | None, Span | None]]:
    """Each gold span with the predicted one it overlaps most, and those that nothing meets."""
    left = list(predicted)
    pairs: list[tuple[Span | None, Span | None]] = []
    for span in sorted(gold, key=lambda one: one not in left):  # exact ones first
        best = max(left, key=lambda other: _overlap(span, other), default=None)
        if best is not None and _overlap(span, best) > 0:
            left.remove(best)
            pairs.append((span, best))
        else:
            pairs.append((span, None))
    return pairs + [(None, span) for span in left]


def _overlap(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    # Of two that share as much, the one of the same length is meant.
    return shared - abs((one.end - one.start) - (other.end - other.start)) / 1000


def _bracketed(text: ScoredText, gold: Span | None, predicted: Span | None) -> str:
    """The text around an error: gold in [ ], what was given in { }."""
    spans = [span for span in (gold, predicted) if span is not None]
    begin, end = min(span.start for span in spans), max(span.end for span in spans)
    before = sum(last <= begin for _, last in text.offsets)
    after = sum(first < end for first, _ in text.offsets)
    around = [(begin, end), *text.offsets[max(0, before - _AROUND) : after + _AROUND]]
    marks = [(place, mark) for span, pair in ((predicted, "{}"), (gold, "[]")) if span is not None
             for place, mark in ((span.start, pair[0]), (span.end, pair[1]))]  # fmt: skip
    shown, place = "", min(first for first, _ in around)
    for at, mark in sorted(marks, key=lambda pair: (pair[0], "]}{[".index(pair[1]))):
        shown += text.text[place:at] + mark
        place = at
    return _one_line(shown + text.text[place : max(last for _, last in around)])

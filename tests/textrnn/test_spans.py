"""Scores of spans, as seqeval's strict mode has them, and what a report says."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora import Span, spans_to_tags
from textrnn.heads.tagger.report import NOTHING, SpanReport
from textrnn.heads.tagger.scores import ScoredText, count_spans, score_texts
from textrnn.reports.folder import write_report
from textrnn.reports.reliability import ReliabilityBin, reliability

LENGTH = 8


@st.composite
def readings(draw: st.DrawFn) -> list[Span]:
    spans, place = [], 0
    while place < LENGTH:
        place += draw(st.integers(0, 3))
        end = place + draw(st.integers(1, 3))
        if end <= LENGTH:
            spans.append(Span(place, end, draw(st.sampled_from("ABC"))))
        place = end
    return spans


def joined_words(words: Sequence[str], gold: Sequence[Span], found: Sequence[Span]) -> ScoredText:
    """A sentence of words, its spans of words, as text."""
    offsets, place = [], 0
    for word in words:
        offsets.append((place, place + len(word)))
        place += len(word) + 1

    def spread(spans: Sequence[Span]) -> list[Span]:
        return [Span(offsets[s.start][0], offsets[s.end - 1][1], s.label) for s in spans]

    return ScoredText(" ".join(words), offsets, spread(gold), spread(found))


def score_spans(
    words: list[list[str]],
    gold: list[list[Span]],
    found: list[list[Span]],
    bins: tuple[ReliabilityBin, ...] = (),
) -> SpanReport:
    sentences = zip(words, gold, found, strict=True)
    return score_texts([joined_words(*sentence) for sentence in sentences], bins=bins)


def score(gold: list[list[Span]], found: list[list[Span]]) -> SpanReport:
    words = [[f"w{i}" for i in range(LENGTH)] for _ in gold]
    return score_spans(words, gold, found)


@given(st.lists(st.tuples(readings(), readings()), min_size=1, max_size=6))
def test_scores_are_those_of_seqeval_in_strict_mode(
    pairs: list[tuple[list[Span], list[Span]]],
) -> None:
    from seqeval.metrics import f1_score
    from seqeval.metrics.v1 import precision_recall_fscore_support
    from seqeval.scheme import IOB2

    gold, found = [one for one, _ in pairs], [other for _, other in pairs]
    report = score(gold, found)
    tags = [[spans_to_tags(spans, LENGTH) for spans in side] for side in (gold, found)]
    labels = sorted({span.label for side in (gold, found) for spans in side for span in spans})
    assert [row.label for row in report.classes] == labels
    assert report.micro.f1 == pytest.approx(count_spans(gold, found).f1)
    if not labels:
        return
    options = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert report.micro.f1 == pytest.approx(f1_score(*tags, **options))
        table = precision_recall_fscore_support(*tags, average=None, **options)
    for number, row in enumerate(report.classes):
        expected = [column[number] for column in table]
        assert [row.precision, row.recall, row.f1, row.support] == pytest.approx(expected)


@given(st.lists(st.tuples(readings(), readings()), min_size=1, max_size=6))
def test_the_confusion_counts_every_span_once(
    pairs: list[tuple[list[Span], list[Span]]],
) -> None:
    gold, found = [one for one, _ in pairs], [other for _, other in pairs]
    report = score(gold, found)
    assert report.labels[-1] == NOTHING
    rows = [sum(row) for row in report.confusion[:-1]]
    assert rows == [row.support for row in report.classes]
    columns = [sum(column) for column in zip(*report.confusion, strict=True)][:-1]
    assert sum(columns) == sum(map(len, found))


def test_a_span_meets_what_it_overlaps() -> None:
    gold = [[Span(0, 2, "A"), Span(4, 5, "B")]]
    found = [[Span(1, 2, "B"), Span(6, 7, "A")]]
    report = score(gold, found)
    table = {
        (row, column): count
        for row, counts in zip(report.labels, report.confusion, strict=True)
        for column, count in zip(report.labels, counts, strict=True)
        if count
    }
    assert table == {("A", "B"): 1, ("B", NOTHING): 1, (NOTHING, "A"): 1}


def test_the_commonest_errors_come_first_with_their_context() -> None:
    words = [["He", "likes", "Paris", "!"]] * 3 + [["So", "Rome", "it", "is"]]
    gold = [[Span(2, 3, "LOC")]] * 3 + [[]]
    found = [[Span(2, 3, "PER")]] * 2 + [[], [Span(1, 2, "LOC")]]
    report = score_spans(words, gold, found)
    first, *_ = report.slips
    assert (first.text, first.gold, first.predicted, first.count) == ("Paris", "LOC", "PER", 2)
    assert first.context == "He likes {[Paris]} !"
    assert {(slip.text, slip.gold, slip.predicted) for slip in report.slips[1:]} == {
        ("Paris", "LOC", NOTHING),
        ("Rome", NOTHING, "LOC"),
    }


def test_a_report_as_a_folder(tmp_path: Path) -> None:
    words = [["He", "likes", "*Paris*", "|"]]
    report = score_spans(
        words, [[Span(2, 3, "LOC")]], [[Span(2, 3, "PER")]], bins=reliability([0.9], [False])
    )
    write_report(report, tmp_path / "out", title="tiny on two")
    numbers = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert numbers["micro"]["f1"] == 0.0
    assert numbers["calibration_error"] == pytest.approx(0.9)
    text = (tmp_path / "out" / "report.md").read_text("utf-8")
    assert "# tiny on two" in text
    assert r"\*Paris\*" in text
    for name in ("confusion.png", "reliability.png"):
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")

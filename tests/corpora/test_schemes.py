"""Tag schemes: each to spans and back, and to one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora import (
    Span,
    TaggedSentence,
    convert_tags,
    spans_to_tags,
    split_tag,
    tags_to_spans,
)
from textrnn.corpora.formats.tagged.scheme_slips import SchemeSlips
from textrnn.errors import ConfigurationError, InputError

SCHEMES = ["iob1", "bio", "bioes"]
LABELS = st.sampled_from(["PER", "LOC", "creative-work"])


@st.composite
def sentences(draw: st.DrawFn) -> tuple[list[Span], int]:
    """Spans that do not overlap, and the length of their sentence."""
    spans, place = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start = place + draw(st.integers(0, 2))
        place = start + draw(st.integers(1, 3))
        spans.append(Span(start, place, draw(LABELS)))
    return spans, place + draw(st.integers(0, 2))


@given(sentences(), st.sampled_from(SCHEMES))
def test_spans_come_back_from_every_scheme(sentence: tuple[list[Span], int], scheme: str) -> None:
    spans, length = sentence
    tags = spans_to_tags(spans, length, scheme=scheme)
    assert len(tags) == length
    assert tags_to_spans(tags) == spans
    slips = SchemeSlips()
    slips.add(TaggedSentence(tuple("w" * length), tuple(spans), tags=tuple(tags)), 1)
    assert slips.found() is None


@given(
    sentences(),
    st.sampled_from(["iob1", "bio", "bioes"]),
    st.sampled_from(["iob1", "bio", "bioes"]),
)
def test_schemes_turn_into_one_another(
    sentence: tuple[list[Span], int], one: str, other: str
) -> None:
    spans, length = sentence
    there = convert_tags(spans_to_tags(spans, length, scheme=one), scheme=other)
    assert there == spans_to_tags(spans, length, scheme=other)


def test_the_schemes_as_they_are_known() -> None:
    spans = [Span(0, 2, "PER"), Span(2, 3, "PER"), Span(4, 7, "LOC")]
    assert spans_to_tags(spans, 7, scheme="iob1") == [
        "I-PER", "I-PER", "B-PER", "O", "I-LOC", "I-LOC", "I-LOC",
    ]  # fmt: skip
    assert spans_to_tags(spans, 7, scheme="bio") == [
        "B-PER", "I-PER", "B-PER", "O", "B-LOC", "I-LOC", "I-LOC",
    ]  # fmt: skip
    assert spans_to_tags(spans, 7, scheme="bioes") == [
        "B-PER", "E-PER", "S-PER", "O", "B-LOC", "I-LOC", "E-LOC",
    ]  # fmt: skip


def test_other_letters_for_the_same() -> None:
    bmes = ["B-ORG", "M-ORG", "E-ORG", "S-NAME"]
    bilou = ["B-ORG", "I-ORG", "L-ORG", "U-NAME"]
    assert tags_to_spans(bmes) == tags_to_spans(bilou) == [Span(0, 3, "ORG"), Span(3, 4, "NAME")]


def test_slips_are_read_as_conlleval_reads_them() -> None:
    assert tags_to_spans(["O", "I-PER", "I-LOC"]) == [Span(1, 2, "PER"), Span(2, 3, "LOC")]
    assert tags_to_spans(["B-PER", "O", "E-PER"]) == [Span(0, 1, "PER"), Span(2, 3, "PER")]


@given(
    st.lists(st.sampled_from(["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B"]), max_size=7)
)
def test_a_scheme_s_rules_are_those_of_seqeval(tags: list[str]) -> None:
    from seqeval.scheme import IOB2, IOBES, Entities

    for scheme, theirs in (("bio", IOB2), ("bioes", IOBES)):
        known = [tag if scheme == "bioes" or tag[0] in "OBI" else "O" for tag in tags]
        expected = [
            Span(entity.start, entity.end, entity.tag)
            for entity in Entities([known], scheme=theirs).entities[0]
        ]
        assert tags_to_spans(known, scheme=scheme) == expected


@pytest.mark.parametrize("tag", ["PER", "X-PER", "B-", "-PER", "", "O-PER", "BPER"])
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(InputError, match="is no tag"):
        split_tag(tag)


def test_spans_that_cannot_be_written() -> None:
    with pytest.raises(ConfigurationError, match="overlaps"):
        spans_to_tags([Span(0, 2, "A"), Span(1, 3, "B")], 3)
    with pytest.raises(ConfigurationError, match="outside 0 to 3"):
        spans_to_tags([Span(2, 4, "A")], 3)
    with pytest.raises(ConfigurationError, match="scheme must be one of"):
        spans_to_tags([], 3, scheme="bilou")

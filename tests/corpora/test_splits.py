"""Splits that never have the same text on both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.corpora import (
    LabelledText,
    SpannedText,
    TaggedSentence,
    drop_overlap,
    split_by_document,
    split_by_text,
    text_key,
)
from textrnn.corpora.splits import first_copies
from textrnn.errors import ConfigurationError

EXAMPLES = [LabelledText(f"text number {i}", "ab"[i % 3 == 0]) for i in range(300)]
FEW_TEXTS = st.sampled_from(["a", "A", " a!", "b b", "bb", "...", "!", "", "é", "e\u0301", "Ａ"])


@given(
    st.lists(st.builds(LabelledText, FEW_TEXTS, st.sampled_from("xyz")), min_size=2),
    st.floats(0.05, 0.95),
)
def test_nothing_leaks_and_nothing_is_lost(examples: list[LabelledText], fraction: float) -> None:
    rest, cut = split_by_text(examples, fraction=fraction, random_state=0)
    assert sorted(rest + cut, key=repr) == sorted(examples, key=repr)
    assert not {text_key(e.text) for e in rest} & {text_key(e.text) for e in cut}


def test_labels_keep_their_shares() -> None:
    rest, cut = split_by_text(EXAMPLES, fraction=0.2, random_state=1)
    assert len(cut) == 60
    assert sum(example.label == "b" for example in cut) == 20
    assert rest == [example for example in EXAMPLES if example in rest]  # order stays


def test_the_random_state_decides() -> None:
    first = split_by_text(EXAMPLES, fraction=0.2, random_state=1)
    assert split_by_text(EXAMPLES, fraction=0.2, random_state=1) == first
    assert split_by_text(EXAMPLES, fraction=0.2, random_state=2) != first


@pytest.mark.parametrize("fraction", [0.0, 1.0, -1.0])
def test_fractions_out_of_range(fraction: float) -> None:
    with pytest.raises(ConfigurationError, match="fraction must be between 0 and 1"):
        split_by_text(EXAMPLES, fraction=fraction, random_state=0)


def test_drop_overlap() -> None:
    kept, dropped = drop_overlap(EXAMPLES, {text_key("TEXT number 7!")})
    assert dropped == 1
    assert [e.text for e in EXAMPLES if e not in kept] == ["text number 7"]


def test_a_label_with_one_text_stays_with_the_rest() -> None:
    examples = [LabelledText(f"text {i}", "common") for i in range(10)]
    examples.append(LabelledText("the only one", "rare"))
    for fraction in (0.1, 0.5, 0.99):
        rest, cut = split_by_text(examples, fraction=fraction, random_state=0)
        assert {example.label for example in rest} == {"common", "rare"}
        assert {example.label for example in cut} == {"common"}


def test_no_document_is_on_both_sides() -> None:
    sentences = [TaggedSentence((str(i),), (), document=i // 3) for i in range(30)]
    rest, cut = split_by_document(sentences, fraction=0.2, random_state=1)
    assert len({s.document for s in cut}) == 2
    assert not {s.document for s in cut} & {s.document for s in rest}
    assert sorted([*rest, *cut], key=lambda s: int(s.words[0])) == sentences  # type: ignore[union-attr]
    assert split_by_document(sentences, fraction=0.2, random_state=1) == (rest, cut)
    with pytest.raises(ConfigurationError, match="between 0 and 1"):
        split_by_document(sentences, fraction=1.0, random_state=1)


def test_copies_of_a_document_lie_on_one_side() -> None:
    """Without documents of several sentences, each sentence is one."""
    words = [("It", "rains", str(i % 10)) for i in range(40)]
    sentences = [TaggedSentence(w, (), document=i) for i, w in enumerate(words)]
    sentences[25] = replace(sentences[25], words=("IT", "rains", "5", "."))
    rest, cut = split_by_document(sentences, fraction=0.2, random_state=1)
    assert (len(rest), len(cut)) == (32, 8)
    assert len({s.words[2] for s in cut}) == 2  # type: ignore[union-attr]
    assert first_copies(sentences) == [i % 10 for i in range(40)]
    spanned = [SpannedText("It rains 1", (), document=7), SpannedText("It snows", (), document=8)]
    assert first_copies([*sentences[:3], *spanned]) == [0, 1, 2, 1, 8]


def test_a_sentence_that_two_documents_have_does_not_join_them() -> None:
    sentences = [
        TaggedSentence((word,), (), document=document)
        for document, word in [(0, "Reuters"), (0, "one"), (1, "Reuters"), (1, "two")]
    ]
    assert first_copies(sentences) == [0, 0, 1, 1]

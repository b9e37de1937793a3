"""Cutting texts in two without the same text, or the same document, on both sides."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from textrnn.corpora.copies import text_key
from textrnn.corpora.formats.tagged.examples import Example, TaggedSentence
from textrnn.corpora.labelled import LabelledText
from textrnn.errors import ConfigurationError


def split_by_text(
    examples: Sequence[LabelledText], *, fraction: float, random_state: int
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Cut off a share of the examples, the labels in proportion.

    Copies of one text (see :func:`text_key`) stay together, so neither side knows the other.

    Args:
        examples: the examples; their order within each side stays.
        fraction: share of each label's different texts that is cut off: at least one of them, but
            never the last; of a label with a single text none.
        random_state: the same gives the same split.

    Returns:
        The rest, and what was cut off.

    Raises:
        ConfigurationError: ``fraction`` is not between 0 and 1.
    """
    _check_fraction(fraction)
    keys = [text_key(example.text) for example in examples]
    first_label = {key: e.label for key, e in zip(reversed(keys), reversed(examples), strict=True)}
    by_label: dict[str, list[str]] = {}
    for key, label in sorted(first_label.items()):
        by_label.setdefault(label, []).append(key)
    cut: set[str] = set()
    rng = random.Random(random_state)
    for _, texts in sorted(by_label.items()):
        share = max(1, round(len(texts) * fraction))
        cut.update(rng.sample(texts, min(share, len(texts) - 1)))
    sides: tuple[list[LabelledText], list[LabelledText]] = ([], [])
    for key, example in zip(keys, examples, strict=True):
        sides[key in cut].append(example)
    return sides


def split_by_document(
    sentences: Sequence[Example], *, fraction: float, random_state: int
) -> tuple[list[Example], list[Example]]:
    """Cut off a share of the documents, so that no document, nor a copy of one, lies on both sides.

    Args:
        sentences: their order within each side stays.
        fraction: share of the different documents that is cut off, at least one.
        random_state: the same gives the same split.

    Returns:
        The rest, and what was cut off.

    Raises:
        ConfigurationError: ``fraction`` is not between 0 and 1.
    """
    _check_fraction(fraction)
    numbers = first_copies(sentences)
    documents = sorted(set(numbers))
    count = max(1, round(len(documents) * fraction))
    cut = set(random.Random(random_state).sample(documents, count)) if documents else set()
    sides: tuple[list[Any], list[Any]] = ([], [])
    for sentence, number in zip(sentences, numbers, strict=True):
        sides[number in cut].append(sentence)
    return sides


def first_copies(sentences: Sequence[Example]) -> list[int]:
    """Of each sentence's document its number, or that of the first document it is a copy of.

    Documents are compared whole (see :func:`text_key`): in CoNLL files without ``-DOCSTART-`` each
    sentence is one.
    """
    texts: dict[int, list[str]] = {}
    for sentence in sentences:
        words = sentence.words if isinstance(sentence, TaggedSentence) else (sentence.text,)
        texts.setdefault(sentence.document, []).extend(words)
    by_key: dict[str, int] = {}
    first = {
        document: by_key.setdefault(text_key(" ".join(words)), document)
        for document, words in sorted(texts.items())
    }
    return [first[sentence.document] for sentence in sentences]


def drop_overlap(
    examples: Iterable[LabelledText], keys: Collection[str]
) -> tuple[list[LabelledText], int]:
    """Drop every example whose :func:`text_key` is among ``keys``.

    Returns:
        The examples kept, and how many were dropped.
    """
    everything = list(examples)
    kept = [example for example in everything if text_key(example.text) not in keys]
    return kept, len(everything) - len(kept)


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise ConfigurationError(f"fraction must be between 0 and 1; received {fraction}")

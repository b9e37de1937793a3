"""The probabilities of a word's tags, where a teacher gives these in place of a tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textrnn.corpora.formats.shares import checked_shares
from textrnn.corpora.formats.tagged.examples import TagProbabilities
from textrnn.corpora.formats.tagged.schemes import Span, split_tag, tags_to_spans
from textrnn.errors import InputError


def tag_probabilities(value: Mapping[Any, Any], place: str) -> TagProbabilities:
    """What a record says of a word's tags; tags of other spellings, as ``M-PER``, are turned.

    Args:
        value: a probability for each tag.
        place: where it stands, for messages.

    Raises:
        InputError: a key is no tag, or the numbers are no probabilities.

    Example:
        >>> tag_probabilities({"b-PER": 0.75, "O": 0.25}, "line 1: word 1")
        {'B-PER': 0.75, 'O': 0.25}
    """
    shares: dict[str, float] = {}
    for tag, share in checked_shares(value, place).items():
        try:
            letter, label = split_tag(tag)
        except InputError as error:
            raise InputError(f"{place}: {error}") from error
        _add(shares, letter, label, share)
    return shares


def renamed_shares(
    probabilities: Sequence[TagProbabilities], labels: Mapping[str, str]
) -> tuple[TagProbabilities, ...]:
    """Probabilities under new names of some labels; those of an empty name go to ``O``."""
    renamed = []
    for shares in probabilities:
        renamed.append(dict[str, float]())
        for tag, share in shares.items():
            letter, label = split_tag(tag)
            _add(renamed[-1], letter, labels.get(label, label), share)
    return tuple(renamed)


def most_probable_spans(probabilities: Sequence[TagProbabilities]) -> tuple[Span, ...]:
    """The spans that each word's most probable tag makes up."""
    return tuple(tags_to_spans([max(shares, key=shares.__getitem__) for shares in probabilities]))


def _add(shares: dict[str, float], letter: str, label: str, share: float) -> None:
    tag = f"{letter}-{label}" if label else "O"
    shares[tag] = shares.get(tag, 0.0) + share

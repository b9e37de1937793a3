"""The labels that a tagger is to learn: refused, or noted, before it learns them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from textrnn.corpora import (
    SpannedText,
    TaggedSentence,
    similar_labels,
    similar_labels_note,
    split_tag,
)
from textrnn.errors import InputError
from textrnn.text.alignment import count_misalignments
from textrnn.training.tagger.sentences import Example


def find_labels(
    train: Sequence[Example],
    validation: Sequence[Example],
    *,
    level: str,
    on_note: Callable[[str], None],
) -> tuple[str, ...]:
    """The labels to learn; there must be some, and something to score.

    Args:
        train: all sentences with labels to learn, those cut off to validate too.
        validation: those that validate.
        level: what a token is.
        on_note: called with a line on labels that are probably one, and on spans that no tokens
            make up.

    Raises:
        InputError: there is no label, one is unseen in training, or nothing validates.
    """
    counts = Counter(span.label for example in train for span in example.spans)
    counts |= Counter(_taught_labels(train))
    if not counts:
        raise InputError("the training sentences have no spans to learn")
    given = {span.label for example in validation for span in example.spans}
    if strange := given - counts.keys():
        raise InputError(
            f"validation cannot be scored: labels unseen in training: {', '.join(sorted(strange))}"
        )
    if not any(e.text if isinstance(e, SpannedText) else e.words for e in validation):
        raise InputError("validation cannot be scored: all its sentences are empty")
    for group in similar_labels(counts):
        on_note(f"note: {similar_labels_note(group, counts)}")
    examples = {id(example): example for example in chain(train, validation)}.values()
    misaligned = count_misalignments(examples, level=level)
    if misaligned.count:
        on_note(f"note: {misaligned}")
    return tuple(sorted(counts))


def _taught_labels(train: Sequence[Example]) -> set[str]:
    """The labels that have probabilities, be they small."""
    tags = {tag for example in train for tag in chain.from_iterable(_probabilities(example))}
    return {label for _, label in map(split_tag, tags) if label}


def require_scheme(train: Sequence[Example], scheme: str) -> None:
    """See that the tags that have probabilities are those that are learned: what a word's ``B``
    has in BIO is not known to be BIOES' ``B`` or ``S``.

    Raises:
        InputError: they are not.
    """
    taught = [example for example in train if _probabilities(example)]
    letters = {tag[0] for example in taught for shares in _probabilities(example) for tag in shares}
    found = "bioes" if letters & {"E", "S"} else "bio"
    if taught and found != scheme:
        place = f"{taught[0].place}: " if taught[0].place else ""
        raise InputError(
            f"{place}the probabilities are of tags in {found.upper()}, and the tagger is to learn "
            f"{scheme.upper()}: set scheme={found!r}"
        )


def _probabilities(example: Example) -> Sequence[Mapping[str, float]]:
    return example.probabilities if isinstance(example, TaggedSentence) else ()

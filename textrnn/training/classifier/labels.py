"""The labels that a classifier is to learn: refused, or noted, before it learns them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from textrnn.corpora import LabelledText, similar_labels, similar_labels_note, unknown_label_message
from textrnn.corpora.labels import wrong_label
from textrnn.errors import InputError


def check_labels(examples: Sequence[LabelledText], *, on_note: Callable[[str], None]) -> None:
    """See that labels can be learned, and note those that are probably one.

    Args:
        examples: of training and validation.
        on_note: called with a line on labels that are probably one, and on those of one text.

    Raises:
        InputError: a label is empty, of several lines, or the word for no label; or probabilities
            are of another label than the first such text's and than any that a text has alone.
    """
    shared: set[str] = set()  # labels that have probabilities
    alone = {example.label for example in examples if not example.probabilities}
    for example in examples:
        for label in example.labels:
            if reason := wrong_label(label):
                place = f"{example.place}: " if example.place else ""
                raise InputError(f"{place}a label cannot be {label!r}: {reason}")
        if example.probabilities:
            shared = shared or {*alone, *example.labels}
            check_known([example], sorted(shared))
    counts = Counter(example.label for example in examples)
    for group in similar_labels(counts):
        on_note(f"note: {similar_labels_note(group, counts)}")
    single = [label for label, count in counts.items() if count == 1]
    if single and len(single) < len(counts):
        on_note(
            f"note: labels with a single text, learned but not validated: {', '.join(single[:5])}"
        )


def check_known(validation: Sequence[LabelledText], labels: Collection[str]) -> None:
    """See that every validation text has labels of the training texts.

    Raises:
        InputError: one has not.
    """
    for example in validation:
        for label in example.labels:
            if label not in labels:
                message = unknown_label_message(label, example.place, labels, "the training texts'")
                raise InputError(f"{message}, or leave these texts out")

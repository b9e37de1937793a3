"""What a label's field says: a label, or the probability of each label in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textrnn.corpora.formats.shares import checked_shares
from textrnn.corpora.labels import label_of, spelled


def label_and_probabilities(value: Any, place: str) -> tuple[str | None, dict[str, float] | None]:
    """The label that a field's value says, None where there is none; of probabilities the most
    probable one, and they themselves.

    Args:
        value: what :func:`textrnn.corpora.labels.label_of` takes, or a dictionary of labels, or a
            cell that spells one.
        place: where it stands, for messages.

    Raises:
        InputError: it is no label, or the numbers are no probabilities.

    Example:
        >>> label_and_probabilities({"bad": 0.1, "good": 0.9}, "line 1")
        ('good', {'bad': 0.1, 'good': 0.9})
    """
    if isinstance(value, str) and value.lstrip().startswith(("{'", '{"')):
        value = spelled(value.strip())
    if isinstance(value, Mapping) and list(value) == ["choices"]:  # Label Studio's, of several
        value = value["choices"]
    if not isinstance(value, Mapping):
        return label_of(value, place), None
    shares = checked_shares(value, place)
    return max(shares, key=lambda label: shares[label]), shares

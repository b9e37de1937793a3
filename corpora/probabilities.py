"""What a label's field says: a label, or the probability of each label in its place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from textrnn.corpora.formats.json_text import json_line
from textrnn.corpora.labels import label_of, spelled
from textrnn.errors import InputError

_ROUNDED = 0.01  # that probabilities may sum to more or less than 1


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
    if not isinstance(value, Mapping):
        return label_of(value, place), None
    shares = _checked(value, place)
    return max(shares, key=lambda label: shares[label]), shares


def _checked(value: Mapping[Any, Any], place: str) -> dict[str, float]:
    """Probabilities that sum to 1, of what does so but for rounding; None is 0."""
    shares: dict[str, float] = {}
    for label, share in value.items():
        number = 0.0 if share is None else share
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not is_number or not 0 <= number <= 1 + _ROUNDED:  # nor NaN
            raise InputError(
                f"{place}: expected a label, or a probability from 0 to 1 for each of several; "
                f"received {json_line({str(key): str(told) for key, told in value.items()}):.60}"
            )
        shares[str(label).strip()] = float(number)
    total = math.fsum(shares.values())
    if abs(total - 1) > _ROUNDED:
        raise InputError(
            f"{place}: the probabilities of a text's labels must sum to 1; these sum to {total:.4g}"
        )
    return {label: share / total for label, share in shares.items()}

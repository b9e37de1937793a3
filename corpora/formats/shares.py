"""Probabilities of labels, as a file gives them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from textrnn.corpora.formats.json_text import json_line
from textrnn.errors import InputError

_ROUNDED = 0.01  # that probabilities may sum to more or less than 1


def checked_shares(value: Mapping[Any, Any], place: str) -> dict[str, float]:
    """Probabilities that sum to 1, of what does so but for rounding; None is 0.

    Args:
        value: a number for each label.
        place: where it stands, for messages.

    Raises:
        InputError: the numbers are no probabilities.
    """
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
            f"{place}: the probabilities of labels must sum to 1; these sum to {total:.4g}"
        )
    return {label: share / total for label, share in shares.items()}

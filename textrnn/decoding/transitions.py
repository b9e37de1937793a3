"""Which tag may follow which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import split_tag

FORBIDDEN = -1e4  # added to a score; float32 keeps all else that is summed with it exact enough


def allowed_transitions(
    tags: Sequence[str],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """What a scheme allows, 1.0, and what not, 0.0.

    In BIO, ``I-X`` follows ``B-X`` or ``I-X`` alone. In BIOES, ``I-X`` and ``E-X`` follow ``B-X``
    or ``I-X``, after which nothing else may come.

    Args:
        tags: L tags; where one begins with E or S the scheme is BIOES.

    Returns:
        From tag to tag (L, L), at the start (L,) and at the end (L,).

    Example:
        >>> allowed_transitions(["O", "B-A", "I-A"])[0]
        array([[1., 1., 0.],
               [1., 1., 1.],
               [1., 1., 1.]], dtype=float32)
    """
    parts = [split_tag(tag) for tag in tags]
    closed = any(letter in "ES" for letter, _ in parts)
    opens = np.array([closed and letter in "BI" for letter, _ in parts])  # more must follow
    goes_on = np.array([letter in "IE" for letter, _ in parts])  # something must precede
    inside = np.array([letter in "BI" for letter, _ in parts])
    labels = np.array([label for _, label in parts])
    same = labels[:, None] == labels
    moves = np.where(goes_on, inside[:, None] & same, ~opens[:, None])
    return moves.astype(np.float32), (~goes_on).astype(np.float32), (~opens).astype(np.float32)


def further_tag(tags: Sequence[str], label: str) -> int | None:
    """The tag that would make a span of ``label`` longer; None where its own tags end it.

    Example:
        >>> further_tag(["O", "B-A", "I-A"], "A"), further_tag(["O", "B-A", "I-A", "E-A"], "A")
        (2, None)
    """
    return None if f"E-{label}" in tags else list(tags).index(f"I-{label}")

"""Long texts, read in overlapping windows and put together again. Nothing is cut off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require


def plan_windows(tokens: int, *, size: int, overlap: int) -> list[tuple[int, int]]:
    """Where the windows of a text begin and end.

    Every token lies in a window, neighbours share at least ``overlap`` tokens, and all windows
    but an only one have exactly ``size`` tokens: the last is moved back rather than left short.

    Args:
        tokens: length of the text in tokens.
        size: tokens a window.
        overlap: tokens that neighbours share, below ``size``.

    Returns:
        Pairs of first token and one past the last, in order; one pair for an empty text.

    Example:
        >>> plan_windows(10, size=4, overlap=1)
        [(0, 4), (3, 7), (6, 10)]
        >>> plan_windows(3, size=4, overlap=1)
        [(0, 3)]
    """
    require(0 <= overlap < size, f"overlap must be below size; received {overlap} and {size}")
    if tokens <= size:
        return [(0, tokens)]
    starts = [*range(0, tokens - size, size - overlap), tokens - size]
    return [(start, start + size) for start in starts]


def merge_logits(
    logits: NDArray[np.float32], windows: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """One row of logits for a text: the mean over its windows, each counted by its new tokens.

    Args:
        logits: (windows, labels).
        windows: where each begins and ends.

    Returns:
        (labels,), float32.
    """
    if len(windows) == 1:
        only: NDArray[np.float32] = logits[0]
        return only
    merged: NDArray[np.float64] = np.average(logits, axis=0, weights=window_shares(windows))
    return merged.astype(np.float32)


def merge_attention(
    attention: Sequence[NDArray[np.float32]], windows: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """One weight for each token of the text; where there are tokens, they sum to 1.

    Args:
        attention: for each window its weights, which do so, (the window's tokens,).
        windows: where each begins and ends.

    Returns:
        (tokens,), float32; a token in two windows gets its part from both.
    """
    if len(windows) == 1:
        return attention[0].copy()  # what is kept of a batch must not keep all of it
    merged = np.zeros(windows[-1][1], np.float32)
    for share, weights, (start, end) in zip(
        window_shares(windows), attention, windows, strict=True
    ):
        merged[start:end] += share * weights
    total = merged.sum()
    return merged / total if total > 0 else merged


def own_stretches(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretch that each window answers for: neighbours meet in the middle of what they share.

    Args:
        windows: where each begins and ends.

    Returns:
        Pairs of first token and one past the last, which follow one another without a gap.

    Example:
        >>> own_stretches([(0, 6), (4, 10)])
        [(0, 5), (5, 10)]
    """
    borders = [(start + end) // 2 for (start, _), (_, end) in zip(windows[1:], windows)]  # noqa: B905
    return list(zip([windows[0][0], *borders], [*borders, windows[-1][1]], strict=True))


def window_shares(windows: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Each window's share of the text, by the tokens that no earlier window had, (windows,)."""
    ends = np.array([end for _, end in windows], np.float64)
    new = np.diff(ends, prepend=0.0)
    return new / new.sum() if new.sum() > 0 else np.full(len(windows), 1.0 / len(windows))

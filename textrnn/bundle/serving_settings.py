"""What a manifest says of serving, checked: a bundle may come from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textrnn.configuration import require

MOST_WINDOW_TOKENS = 100_000
MOST_READINGS = 20  # how often a token of a long text may be read, in windows that overlap

PRECISIONS = ("int8", "float32")


def check_serving(serving: Mapping[str, Any]) -> None:
    """See that what every manifest may say of serving can be served; a head's own numbers are
    checked by the head.

    Raises:
        ConfigurationError: a value is of another type or out of range.
    """
    for name in ("simplify", "backward"):
        value = serving.get(name, False)
        require(isinstance(value, bool), f"serving: {name} must be true or false: {value!r:.80}")
    precision = serving.get("precision", "int8")
    require(
        precision in PRECISIONS, f"serving: precision must be int8 or float32: {precision!r:.80}"
    )
    check_windows(serving.get("window_tokens", 1), serving.get("window_overlap", 0))


def check_windows(size: Any, overlap: Any) -> None:
    """See that long texts can be read in such windows.

    Args:
        size: tokens a window.
        overlap: tokens that neighbours share.

    Raises:
        ConfigurationError: they cannot, or every token would be read very often.
    """
    require(
        _is_whole(size) and 1 <= size <= MOST_WINDOW_TOKENS,
        f"windows must have from 1 to {MOST_WINDOW_TOKENS:,} tokens; received {size!r:.40}",
    )
    require(
        _is_whole(overlap) and 0 <= overlap < size,
        f"window_overlap must be below the windows' {size} tokens: {overlap!r:.40}",
    )
    require(
        size <= MOST_READINGS * (size - overlap),
        f"windows of {size} tokens that share {overlap} would read each token more than "
        f"{MOST_READINGS} times; let them share less",
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

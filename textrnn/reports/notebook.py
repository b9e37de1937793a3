"""How a notebook shows results: it has no style sheet, so that styles stand in place."""

from __future__ import annotations

TEXT_STYLE = "white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; text-align: left"
SHOWN_CHARACTERS = 2000


def shortened(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + " …"

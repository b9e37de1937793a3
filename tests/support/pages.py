"""The commands of the pages in docs/, to be followed by tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str = "") -> Iterator[str]:
    """The blocks of a page in a language; those without one hold commands for the shell."""
    return (block for found, block in _BLOCK.findall(page) if found == language)


def commands(page: str) -> Iterator[str]:
    """The lines of a page that are typed in a shell, each whole; what follows a line that begins
    with ``$`` is what it shows, and is left out.
    """
    for block in blocks(page):
        if not block.startswith("$ "):
            yield from block.replace("\\\n", " ").splitlines()

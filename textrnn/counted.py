"""Numbers of things, in words."""

from __future__ import annotations


def counted(number: int, thing: str, things: str = "") -> str:
    """A number of things, in the singular where it is one.

    Args:
        number: how many.
        thing: what, in the singular.
        things: its plural, where that is not made by an s.

    Example:
        >>> counted(1, "text"), counted(1200, "text"), counted(2, "entity", "entities")
        ('1 text', '1,200 texts', '2 entities')
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"

"""``--map-label``: new names for the labels of a file."""

from __future__ import annotations

from textrnn.errors import ConfigurationError


def renamed_labels(pairs: tuple[str, ...], *, droppable: bool = False) -> dict[str, str]:
    """New names by old ones, of ``OLD=NEW``.

    Args:
        pairs: as the option was given.
        droppable: whether ``OLD=`` may drop a label.

    Raises:
        ConfigurationError: one is no such pair.
    """
    names = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and (new or droppable)):
            raise ConfigurationError(f"--map-label: expected OLD=NEW; received {pair!r}")
        names[old] = new
    return names

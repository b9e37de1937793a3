"""``--map-label OLD=NEW``: other names for a file's labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.corpora import LabelledText


def renamed_labels(pairs: Sequence[str], *, droppable: bool = False) -> dict[str, str]:
    """The new name of each label that has one.

    Args:
        pairs: as ``1=positive``.
        droppable: whether the new name may be empty.

    Raises:
        ConfigurationError: a pair is none, or a label has two new names.
    """
    names: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = (part.strip() for part in pair.partition("="))
        if not (old and equals and (new or droppable)):
            raise ConfigurationError(f"--map-label: expected OLD=NEW; received {pair!r}")
        if names.setdefault(old, new) != new:
            raise ConfigurationError(f"--map-label: two names for {old!r}")
        names[old] = new
    return names


def relabelled(
    examples: Iterable[LabelledText], names: Mapping[str, str]
) -> Iterator[LabelledText]:
    """Examples with the new names; a label that has none keeps its own."""
    for example in examples:
        name = names.get(example.label)
        yield example if name is None else replace(example, label=name)

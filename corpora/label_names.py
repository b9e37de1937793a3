"""Labels that are most likely one: their names differ by case and blanks alone."""

from __future__ import annotations

from collections.abc import Mapping


def similar_labels(counts: Mapping[str, int]) -> list[list[str]]:
    """Groups of two or more labels that differ by case and blanks alone, the commonest first.

    Args:
        counts: how often each is met.

    Example:
        >>> similar_labels({"per": 2, "PER": 40, "ORG": 7, "Person": 1})
        [['PER', 'per']]
    """
    groups: dict[str, list[str]] = {}
    for label in sorted(counts, key=lambda name: (-counts[name], name)):
        groups.setdefault("".join(label.split()).casefold(), []).append(label)
    return [group for group in groups.values() if len(group) > 1]


def similar_labels_note(group: list[str], counts: Mapping[str, int]) -> str:
    """What is said of such a group, with how to join its labels."""
    shown = ", ".join(f"{label!r} ({counts[label]:,})" for label in group)
    joined = " ".join(f"--map-label {label!r}={group[0]!r}" for label in group[1:])
    return f"{shown} differ by case or blanks alone; if they are one, add {joined}"

"""What tells one run's settings from another's, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_SHOWN = 60  # characters of a value, at most


def differing(kept: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Each setting that differs with both its values; only its name where one is long.

    Args:
        kept: the settings of a run that was begun, as JSON values.
        now: those of the one that would go on with it.

    Example:
        >>> differing({"cell": "lstm", "units": [5]}, {"cell": "lstm", "units": [5, 7]})
        ['units 5 (now 5 7)']
        >>> differing({"encoders": [{"units": 5}]}, {"encoders": [{"units": 7}]})
        ['encoders.1.units 5 (now 7)']
    """
    found: list[str] = []
    for name in {**kept, **now}:
        old, new = _parts(kept.get(name)), _parts(now.get(name))
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += [f"{name}.{each}" for each in differing(old, new)]
        elif old != new:
            values = _shown(old), _shown(new)
            is_short = max(map(len, values)) <= _SHOWN
            found.append(name + f" {values[0]} (now {values[1]})" * is_short)
    return found


def _parts(value: Any) -> Any:
    """Of a list of settings each by its name, or its number from 1."""
    if isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        return {str(part.get("name", number)): part for number, part in enumerate(value, 1)}
    return value


def _shown(value: Any) -> str:
    """A setting's value in a message."""
    if isinstance(value, Mapping):
        return "given"
    if isinstance(value, list):
        return " ".join(map(_shown, value)) or "none"
    return "none" if value in (None, "") else value if isinstance(value, str) else json.dumps(value)

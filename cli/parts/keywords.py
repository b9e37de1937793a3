"""The library's messages name keywords, as ``force=True``: here they become options."""

from __future__ import annotations

import ast
import re
import shlex

# Whose options have other names.
_OPTIONS = {
    "features": "--feature",
    "format": "--input-format",
    "label": "--label-field",
    "labels": "--map-label",
    "replace": "--force",
    "source": "--source-field",
    "target": "--target-field",
    "targets": "--target",
    "text": "--text-field",
}
_KEYWORD = re.compile(r"(?<![\w-])([a-z_]+)=(True\b|…|'[^']*'|\"[^\"]*\"|\{[^{}]*\})")


def as_options(message: str) -> str:
    """A message in which options stand for keywords.

    Example:
        >>> as_options("mine: is there already; replace it (force=True)")
        'mine: is there already; replace it (--force)'
        >>> as_options("rename it with labels={'very good': 'good'}, or give encoding='cp1252'")
        "rename it with --map-label 'very good=good', or give --encoding cp1252"
    """
    return _KEYWORD.sub(_option, message)


def _option(match: re.Match[str]) -> str:
    name, value = match.groups()
    option = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
    if value == "True":
        return option
    if value == "…":
        return f"{option} …"
    try:
        given = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return match[0]
    if name == "mode":  # each has a flag of its own
        return f"--{given}"
    pairs = [f"{old}={new}" for old, new in given.items()] if isinstance(given, dict) else [given]
    return " ".join(f"{option} {shlex.quote(pair)}" for pair in pairs)

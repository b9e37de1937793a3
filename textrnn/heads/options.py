"""What can be asked of a head beside its inputs, as docstrings tell it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

_ENTRY = re.compile(r"^ {4}(\w+): ((?:.*\n?)(?: {8}.*\n?)*)", re.MULTILINE)


@dataclass(frozen=True)
class AnswerOption:
    """An option of :meth:`textrnn.heads.head.Head.answer`.

    Attributes:
        kind: the type of its values.
        about: what it means.
    """

    kind: Any
    about: str = ""


def documented_options(
    source: Any, hints: dict[str, Any], names: Collection[str]
) -> dict[str, AnswerOption]:
    """Options by name, with what the docstring says of them.

    Args:
        source: a function or a dataclass, whose docstring has an entry for each.
        hints: the types of all that it has.
        names: of the options.
    """
    found = dict(_ENTRY.findall(getdoc(source) or ""))
    return {
        name: AnswerOption(hints[name], " ".join(found.get(name, "").split())) for name in names
    }

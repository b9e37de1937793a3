"""What docstrings have that mkdocstrings does not know: references, and sections named Example."""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^( *)Example:$", re.MULTILINE)  # the section that is set as code
_ROLE = re.compile(r":\w+:`~?([\w.]+)`")


class PlainRoles(griffe.Extension):
    """Shows references as code, as people read them, and examples as examples."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change a docstring before it is taken apart."""
        if obj.docstring:
            text = _ROLE.sub(r"`\1`", obj.docstring.value)
            obj.docstring.value = _EXAMPLE.sub(r"\1Examples:", text)

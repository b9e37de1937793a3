"""What a head tells of a model for its card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from textrnn.bundle.manifest import Manifest


@dataclass(frozen=True)
class CardFacts:
    """The part of a card that only the model's head knows.

    Attributes:
        head: from the encoded tokens to answers.
        use: how the model is used, in Markdown.
        beside: what there is beside the embedding, by name.
        window: how long texts are read.
        counted: what one of those is that it learned from, as ``text``.
    """

    head: str
    use: str
    window: str
    beside: Sequence[tuple[str, str]] = ()
    counted: str = "text"


def python_use(manifest: Manifest, call: str, *, imports: str = "", before: str = "") -> str:
    """Markdown that loads a model and calls it, as ``tag("…").entities``.

    Args:
        manifest: the model's.
        call: what is called of it.
        imports: a line that imports what is needed besides.
        before: a line that makes what the model is asked for.
    """
    name = json.dumps(manifest.name, ensure_ascii=False)
    loaded = f"model = textrnn.load({name})  # or the path of its folder"
    lines = ["import textrnn", *filter(None, [imports]), "", loaded, *filter(None, [before])]
    return "\n".join(["```python", *lines, f"model.{call}", "```"])


def window_fact(manifest: Manifest) -> str:
    """Of a model that reads long texts in windows."""
    return f"{manifest.serving['window_tokens']} tokens; longer texts are read in windows"

"""What a bundle says of itself besides what training knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textrnn.text.language import require_language


@dataclass(frozen=True)
class ModelInfo:
    """What a bundle says of itself besides what training knows.

    Attributes:
        name: the model's name; by default the folder's.
        language: ISO 639-1 code; by default that of the training texts.
        description: one line for lists.
        licence: the terms of the weights.
        corpora: for each file of texts: name, use, texts, sha256, licence.
        notes: Markdown for the card: uses, weaknesses, how it was measured.
    """

    name: str = ""
    language: str = ""
    description: str = ""
    licence: str = ""
    corpora: tuple[dict[str, Any], ...] = ()
    notes: str = ""

    def __post_init__(self) -> None:
        if self.language:
            require_language(self.language)

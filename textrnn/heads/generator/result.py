"""What a generator writes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from textrnn.heads.result import Result


@dataclass(frozen=True)
class Generation(Result):
    """A text that a model wrote.

    Attributes:
        seed: the text it went on from, as it was given.
        continuation: what it wrote.
        tokens: tokens it wrote, the end of the text among them where it came to one.
        log_probability: of these tokens under the model, before temperature and filters, in nats.
        finish: why it stopped: ``length``, ``end`` (of the document or the form), ``stop`` (a stop
            string, which is left out) or ``blocked`` (every token was ruled out).
        random_state: the same one gives the same text again.
        unknown: characters of the seed that the model does not know.
        language: of the seed, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it;
            None where it found none.
    """

    seed: str
    continuation: str
    tokens: int
    log_probability: float
    finish: str
    random_state: int
    unknown: tuple[str, ...] = ()
    language: str | None = field(default="", repr=False)

    @property
    def text(self) -> str:
        """Seed and continuation."""
        return self.seed + self.continuation

    @property
    def perplexity(self) -> float:
        """Of the written tokens under the model; 1 where there are none."""
        return math.exp(min(-self.log_probability / max(self.tokens, 1), 700.0))

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "text": self.text,
            **self.found_language(),
            "seed": self.seed,
            "continuation": self.continuation,
            "tokens": self.tokens,
            "log_probability": round(self.log_probability, 4),
            "perplexity": round(self.perplexity, 4),
            "finish": self.finish,
            "random_state": self.random_state,
        }

    def _repr_html_(self) -> str:
        from textrnn.reports.html import safe_html  # whose table of entities a text does not need
        from textrnn.reports.notebook import TEXT_STYLE

        seed = f'<span style="opacity: .6">{safe_html(self.seed)}</span>'
        return f'<div style="{TEXT_STYLE}">{seed}{safe_html(self.continuation)}</div>'

"""What is told of texts that a model of another language read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from textrnn.counted import counted
from textrnn.text.language import language_name


@dataclass
class ForeignTexts:
    """The texts that were read by a model of another language.

    Attributes:
        counts: how many, by language.
        first: where the first of them stands.
        models: the names of the models that read them.
        only: the language of the one model that reads all; empty where each text has its own.
    """

    counts: Counter[str] = field(default_factory=Counter)
    first: str = ""
    models: set[str] = field(default_factory=set)
    only: str = ""

    def add(self, language: str, count: int, place: str, models: Iterable[str]) -> None:
        """Count texts of a language; ``place`` is the first one's."""
        self.first = self.first or place
        self.counts[language] += count
        self.models.update(models)

    def to_json(self) -> str:
        """All but ``only``, for a process that sums them up; empty where there are none."""
        if not self:
            return ""
        return json.dumps([self.counts, self.first, sorted(self.models)])

    def add_json(self, text: str) -> None:
        """Count what :meth:`to_json` told."""
        if text:
            counts, first, models = json.loads(text)
            for language, count in counts.items():
                self.add(language, count, first, models)

    def __bool__(self) -> bool:
        return bool(self.counts)

    def __str__(self) -> str:
        total = self.counts.total()
        parts = ", ".join(f"{language_name(k)} {n:,}" for k, n in self.counts.most_common())
        what = counted(total, "text is", "texts are")
        names = " and ".join(sorted(self.models))
        if self.only:
            return f"{what} not in {language_name(self.only)}, which {names} reads ({parts}), " + (
                f"first: {self.first}"
            )
        return (
            f"{what} in no language that a shipped model reads ({parts}), first: {self.first}; "
            f"answered by {names}"
        )

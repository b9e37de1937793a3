"""What is told of texts that a model of another language read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from textrnn.counted import counted
from textrnn.errors import ConfigurationError
from textrnn.heads.head import Head
from textrnn.text.language import NEUTRAL, has_latin_letters, language_name, language_of

E = TypeVar("E")


def is_foreign(language: str, own: str) -> bool:
    """Whether a text's language is not a model's own.

    Example:
        >>> is_foreign("zh", "en"), is_foreign("en", "de"), is_foreign("", "en")
        (True, False, False)
    """
    if language == "en" and has_latin_letters(own):
        return False  # a text in Latin letters is taken for English where nothing tells
    return language not in (own, NEUTRAL)


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


def watched_examples(
    head: Head, examples: Iterable[E], on_note: Callable[[str], None]
) -> Iterator[E]:
    """The same examples, as a head is scored on them; behind the last it is noted how many ask
    something in another language than its own, where they ask anything of a head that reads texts.
    """
    own = head.bundle.manifest.language
    foreign = ForeignTexts(only=own)
    for number, example in enumerate(examples, start=1):
        with suppress(ConfigurationError):  # those of a generator ask nothing
            for question in head.questions(example) if head.reads_texts else ():
                language = language_of(head.text_of(question, {}))
                if is_foreign(language, own):
                    place = getattr(example, "place", "") or f"text {number}"
                    foreign.add(language, 1, place, [head.bundle.name])
        yield example
    if foreign:
        on_note(str(foreign))

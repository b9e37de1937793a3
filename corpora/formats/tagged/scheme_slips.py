"""Tags as no scheme writes them: mixtures of schemes, and names that begin or end nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from textrnn.corpora.formats.tagged.examples import Example, OnNote, TaggedSentence
from textrnn.corpora.formats.tagged.schemes import (
    SCHEMES,
    plain_tag,
    spans_to_tags,
    split_tag,
    tags_to_spans,
)
from textrnn.counted import counted

_SHOWN = 3


@dataclass
class Slips:
    """What one scheme would write otherwise.

    Attributes:
        scheme: it.
        sentences: how many have such tags.
        examples: the first such tag of some: where it stands, and what it is and would be.
    """

    scheme: str
    sentences: int = 0
    examples: list[tuple[int | str, str]] = field(default_factory=list)


class SchemeSlips:
    """Looks at the tags of one sentence after another.

    Args:
        scheme: the one that they are meant to follow; None: any, the same one in all sentences.
    """

    def __init__(self, scheme: str | None = None) -> None:
        self._scheme = scheme
        self._slips = {name: Slips(name) for name in ([scheme] if scheme else SCHEMES)}
        self._has_ends = False

    def add(self, sentence: TaggedSentence, place: int | str, lines: Sequence[int] = ()) -> None:
        """Look at a sentence that stands at a place, its words in lines, if that is known."""
        tags = sentence.tags
        if not tags or set(tags) == {"O"}:
            return
        self._has_ends |= any(split_tag(tag)[0] in "ES" for tag in tags)
        for name, slips in self._slips.items():
            slip = _first_slip(tags, name)
            if slip is None:
                continue
            number, written = slip
            slips.sentences += 1
            if len(slips.examples) < _SHOWN:
                shown = (
                    f"{sentence.words[number]}/{tags[number]}, where {name.upper()} has {written}"
                )
                slips.examples.append((lines[number] if lines else place, shown))

    def found(self) -> Slips | None:
        """The slips by the scheme that fits best; None where one fits."""
        likely = ("bioes", "bio", "iob1") if self._has_ends else ("bio", "iob1", "bioes")
        slips = [self._slips[name] for name in likely if name in self._slips]
        least = min(slips, key=lambda slips: slips.sentences)
        return least if least.sentences else None

    def note(self) -> str:
        """That tags fit no scheme, and the first place; empty where all is well."""
        slips = self.found()
        if slips is None:
            return ""
        has = counted(slips.sentences, "sentence has", "sentences have")
        none = (
            "no scheme writes" if self._scheme is None else f"{self._scheme.upper()} does not write"
        )
        place, shown = slips.examples[0]
        return f"{has} tags as {none} them; the first: {place}: {shown}"


def noting_slips(
    examples: Iterable[Example], *, scheme: str | None = None, on_note: OnNote | None = None
) -> Iterator[Example]:
    """The examples; at their end it is noted which of their tags no scheme writes so."""
    slips = SchemeSlips(scheme)
    for example in examples:
        if on_note is not None and isinstance(example, TaggedSentence):
            slips.add(example, example.place)
        yield example
    if on_note is not None and (note := slips.note()):
        on_note(note)


@lru_cache(maxsize=4096)
def _first_slip(tags: tuple[str, ...], scheme: str) -> tuple[int, str] | None:
    """The first tag that the scheme would write otherwise, and how; None where there is none."""
    written = spans_to_tags(tags_to_spans(tags), len(tags), scheme=scheme)
    pairs = enumerate(zip(tags, written, strict=True))
    return next(((at, other) for at, (tag, other) in pairs if plain_tag(tag) != other), None)

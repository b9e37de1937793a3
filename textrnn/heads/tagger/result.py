"""What a tagger finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from textrnn.corpora import Span, spans_to_tags
from textrnn.heads.result import Result
from textrnn.heads.tagger.entity import Entity

_DIVIDERS = str.maketrans("\t\r\n", "   ")  # of columns and rows


@dataclass(frozen=True)
class TaggedToken:
    """A token of a text, with its tag in BIO, as ``B-PER``."""

    start: int
    end: int
    text: str
    tag: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Reading:
    """One way to read a whole text: its entities, and how probable they are together."""

    entities: tuple[Entity, ...]
    probability: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; the entities bare, since the probability is that of all together."""
        bare = ("start", "end", "text", "label")
        return {
            "probability": round(self.probability, 6),
            "entities": [{name: getattr(e, name) for name in bare} for e in self.entities],
        }


@dataclass(frozen=True)
class TaggedText(Result):
    """A text with the names in it.

    Attributes:
        text: the text as it was given.
        entities: its names, in order, without overlap.
        offsets: of each token, its first code point and one past its last.
        readings: where several were asked for, the most probable ways to read the text.
        windows: in how many overlapping windows it was read; nothing is ever cut off.
        language: of the text, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it;
            None where it found none.
    """

    text: str
    entities: tuple[Entity, ...]
    offsets: tuple[tuple[int, int], ...] = ()
    readings: tuple[Reading, ...] = ()
    windows: int = 1
    language: str | None = ""

    @property
    def tokens(self) -> tuple[TaggedToken, ...]:
        """The tokens with their tags."""
        return tuple(
            TaggedToken(start, end, self.text[start:end], tag)
            for (start, end), tag in zip(self.offsets, self.tags(), strict=True)
        )

    @property
    def cut_words(self) -> int:
        """Words too long for a token (:data:`textrnn.text.words.MAX_TOKEN`), read in pieces."""
        from textrnn.text.words import MAX_TOKEN  # whose patterns a classifier does not need

        if len(self.text) <= MAX_TOKEN:
            return 0
        pieces = [
            end - start == MAX_TOKEN and after == end
            for (start, end), (after, _) in pairwise(self.offsets)
        ]
        # A word's pieces follow one another: its first is a piece that none comes before.
        return sum(piece and not before for before, piece in pairwise([False, *pieces]))

    def tags(self, *, scheme: str = "bio") -> list[str]:
        """One tag a token.

        Args:
            scheme: ``bio``, ``bioes`` or ``iob1``.

        Raises:
            ConfigurationError: the scheme is unknown.
        """
        first = {start: i for i, (start, _) in enumerate(self.offsets)}
        last = {end: i for i, (_, end) in enumerate(self.offsets)}
        spans = [Span(first[e.start], last[e.end] + 1, e.label) for e in self.entities]
        return spans_to_tags(spans, len(self.offsets), scheme=scheme)

    def only(
        self, labels: Collection[str] | None = None, *, min_probability: float = 0.0
    ) -> TaggedText:
        """The same text with fewer entities.

        Args:
            labels: those to keep; None keeps all.
            min_probability: less probable entities go.
        """

        def kept(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
            return tuple(
                entity
                for entity in entities
                if (labels is None or entity.label in labels)
                and entity.probability >= min_probability
            )

        readings = tuple(replace(r, entities=kept(r.entities)) for r in self.readings)
        return replace(self, entities=kept(self.entities), readings=readings)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; readings only where there are some, their entities bare."""
        record: dict[str, Any] = {
            "text": self.text,
            **self.found_language(),
            "entities": [entity.as_dict() for entity in self.entities],
        }
        if self.readings:
            record["readings"] = [reading.as_dict() for reading in self.readings]
        return record

    def to_conll(self, *, scheme: str = "bio") -> str:
        """Two columns, the token and its tag, divided by a tab; a line end after each token.

        A tab or line end inside a token, as only given words have them, is written as a blank.

        Example:
            >>> tagged = TaggedText("Oslo.", (Entity(0, 4, "Oslo", "LOC", 0.9),), ((0, 4), (4, 5)))
            >>> tagged.to_conll().splitlines()
            ['Oslo\\tB-LOC', '.\\tO']
        """
        pairs = zip(self.offsets, self.tags(scheme=scheme), strict=True)
        plain = self.text.translate(_DIVIDERS)
        return "".join(f"{plain[start:end]}\t{tag}\n" for (start, end), tag in pairs)

    def to_html(self) -> str:
        """A page of its own, in which the entities are marked."""
        from textrnn.heads.tagger.page import html_page

        return html_page([self])

    def _repr_html_(self) -> str:
        from textrnn.heads.tagger.page import tagged_html

        return tagged_html(self)

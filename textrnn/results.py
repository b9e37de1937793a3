"""What heads return: plain, frozen data."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, overload

from textrnn.corpora import Span, spans_to_tags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class TokenWeight:
    """One token and the share of the attention it received.

    Attributes:
        start: first code point of the token in the original text.
        end: one past its last code point.
        text: ``original[start:end]``.
        weight: share of the attention, from 0 to 1; a text's weights sum to 1.
    """

    start: int
    end: int
    text: str
    weight: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "weight": round(self.weight, 6)}


class TokenWeights(Sequence[TokenWeight]):
    """The tokens of a text with their weights, each made when it is asked for; those of one
    character, as the bytes of a rare one or the parts of a flag are, are one.

    Args:
        text: the text.
        offsets: first code point and one past the last of each token, (T, 2).
        weights: theirs, (T,).
    """

    def __init__(self, text: str, offsets: NDArray[np.int32], weights: NDArray[np.float32]) -> None:
        self._text, self._tokens = text, (offsets, weights)

    @cached_property
    def _units(self) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Offsets and weights of what is weighed as one, (U, 2) and (U,)."""
        from textrnn.text.units import shared_units, unit_offsets, unit_sums

        offsets, weights = self._tokens
        units = shared_units(offsets, self._text)
        return unit_offsets(units, offsets), unit_sums(units, weights)

    def __len__(self) -> int:
        return len(self._units[1])

    @overload
    def __getitem__(self, place: int) -> TokenWeight: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[TokenWeight, ...]: ...

    def __getitem__(self, place: int | slice) -> TokenWeight | tuple[TokenWeight, ...]:
        if isinstance(place, slice):
            return tuple(self[i] for i in range(*place.indices(len(self))))
        offsets, weights = self._units
        start, end = offsets[place].tolist()
        return TokenWeight(start, end, self._text[start:end], float(weights[place]))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True)
class Generation:
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
    """

    seed: str
    continuation: str
    tokens: int
    log_probability: float
    finish: str
    random_state: int
    unknown: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Seed and continuation."""
        return self.seed + self.continuation

    @property
    def perplexity(self) -> float:
        """Of the written tokens under the model; 1 where there are none."""
        return math.exp(min(-self.log_probability / max(self.tokens, 1), 700.0))

    def as_dict(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "text": self.text,
            "seed": self.seed,
            "continuation": self.continuation,
            "tokens": self.tokens,
            "log_probability": round(self.log_probability, 4),
            "perplexity": round(self.perplexity, 4),
            "finish": self.finish,
            "random_state": self.random_state,
        }

    def _repr_html_(self) -> str:
        from textrnn.notebook import generation_html

        return generation_html(self)


@dataclass(frozen=True)
class Classification:
    """The label of one text.

    Attributes:
        text: the text as it was given.
        label: the most probable label, or ``uncertain`` where it was asked to be more probable.
        probability: that of the most probable label, from 0 to 1.
        probabilities: every label with its probability, the most probable first.
        token_weights: attention over the tokens; empty where the network has none. Each is made
            when it is read: ``tuple(…)`` keeps them as plain data.
        tokens: how many tokens the text has.
        windows: in how many overlapping windows it was read; nothing is ever cut off.
        language: of the text, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it;
            None where it found none.
    """

    text: str
    label: str
    probability: float
    probabilities: Mapping[str, float]
    token_weights: Sequence[TokenWeight] = ()
    tokens: int = 0
    windows: int = 1
    language: str | None = ""

    def in_language(self, language: str | None) -> Classification:
        """The same, with its language."""
        return replace(self, language=language)

    def top(self, k: int) -> list[tuple[str, float]]:
        """The ``k`` most probable labels with their probabilities, best first; where the answer is
        ``uncertain``, that in place of the first.
        """
        return [(self.label, self.probability), *list(self.probabilities.items())[1:]][:k]

    def as_dict(self, *, top_k: int = 1) -> dict[str, Any]:
        """As JSON values, with the probabilities of the ``top_k`` best labels."""
        best = islice(self.probabilities.items(), top_k)
        return {
            "text": self.text,
            **({} if self.language == "" else {"language": self.language}),
            "label": self.label,
            "probability": round(self.probability, 6),
            "probabilities": {label: round(value, 6) for label, value in best},
            "tokens": self.tokens,
            "windows": self.windows,
        }

    def _repr_html_(self) -> str:
        from textrnn.notebook import classification_html

        return classification_html(self)


@dataclass(frozen=True)
class Entity:
    """A name in a text.

    Attributes:
        start: its first code point in the original text.
        end: one past its last.
        text: ``original[start:end]``.
        label: what it is, as ``PER``.
        probability: that just these tokens are one entity of this label, from 0 to 1.
    """

    start: int
    end: int
    text: str
    label: str
    probability: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "probability": round(self.probability, 6)}


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


_DIVIDERS = str.maketrans("\t\r\n", "   ")  # of columns and rows


@dataclass(frozen=True)
class TaggedText:
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

    def in_language(self, language: str | None) -> TaggedText:
        """The same, with its language."""
        return replace(self, language=language)

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
            **({} if self.language == "" else {"language": self.language}),
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
        from textrnn.markup import html_page

        return html_page([self])

    def _repr_html_(self) -> str:
        from textrnn.notebook import tagged_html

        return tagged_html(self)

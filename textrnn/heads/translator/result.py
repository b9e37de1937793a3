"""What a translator answers: a text in another language, and what it looked at when it wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.heads.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Places = tuple[tuple[int, int], ...]
"""First code points, and those past the last."""


@dataclass(frozen=True)
class TranslatedSentence:
    """A sentence of a text, or a piece of a long one: what was translated by itself.

    What has no letters is no sentence: it is handed on as it is. Places are code points of the
    whole source and of the whole translation. S tokens of the source, T of the translation.

    Attributes:
        source: its first code point and one past its last, in the source.
        target: the same, in the translation.
        score: by what its translation is compared with others.
        source_tokens: where each token of the source is, S of them.
        target_tokens: where each token of the translation is, T of them.
        attention: how much each token of the translation looked at each of the source's: T times S
            numbers, to four digits.
        ended: whether its translation came to its end, and did not break off at the most tokens.
    """

    source: tuple[int, int]
    target: tuple[int, int]
    score: float
    source_tokens: Places
    target_tokens: Places
    attention: tuple[tuple[float, ...], ...]
    ended: bool = True


@dataclass(frozen=True)
class AlignedToken:
    """A token of a translation, and the token of the source that it looked at most.

    Attributes:
        start: its first code point in the translation.
        end: one past its last.
        source_start: the first code point, in the source, of what it looked at.
        source_end: one past its last.
        weight: the share of the attention that that had.
    """

    start: int
    end: int
    source_start: int
    source_end: int
    weight: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Alternative:
    """One way to translate a whole text, and its score."""

    text: str
    score: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"text": self.text, "score": round(self.score, 4)}


@dataclass(frozen=True)
class Translation(Result):
    """A text in another language.

    Attributes:
        source: the text as it was given.
        text: its translation.
        score: the mean of its sentences' scores: the log-probability of each in nats and what its
            tokens are rewarded with, over what a text of its length is allowed to be less probable
            (Wu et al. 2016, eq. 14); 0 where there was nothing to translate.
        hypotheses: where several were asked for, the best ways to translate the whole text.
        sentences: what was translated by itself, in order, each with its attention.
        language: of the source, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it;
            None where it found none.
    """

    source: str
    text: str
    score: float
    hypotheses: tuple[Alternative, ...] = ()
    sentences: tuple[TranslatedSentence, ...] = field(default=(), repr=False)
    language: str | None = field(default="", repr=False)

    @property
    def alignment(self) -> tuple[AlignedToken, ...]:
        """Each token of the translation with the token of the source that it looked at most."""
        return tuple(self._aligned())

    def _aligned(self) -> Iterator[AlignedToken]:
        for sentence in self.sentences:
            for target, weights in zip(sentence.target_tokens, sentence.attention, strict=True):
                weight = max(weights)
                source = sentence.source_tokens[weights.index(weight)]
                yield AlignedToken(*target, *source, weight)

    @property
    def broken_off(self) -> int:
        """Sentences whose translations did not come to their ends."""
        return sum(not sentence.ended for sentence in self.sentences)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values: ``text`` is what was translated, as in the answers of every model."""
        record: dict[str, Any] = {
            "text": self.source,
            **self.found_language(),
            "translation": self.text,
            "score": round(self.score, 4),
            "alignment": [token.as_dict() for token in self.alignment],
        }
        if self.hypotheses:
            record["hypotheses"] = [one.as_dict() for one in self.hypotheses]
        return record

    def to_html(self) -> str:
        """A page of its own, with the attention of each sentence."""
        from textrnn.heads.translator.page import html_page

        return html_page([self])

    def plot(self, path: str | Path | None = None) -> Figure:
        """Draw the attention of each sentence as a matrix, the source along the top.

        Args:
            path: where to write the picture: a .png, .svg or .pdf; by default nowhere.

        Raises:
            ConfigurationError: the kind of picture is unknown, or nothing was translated.
            MissingExtraError: Matplotlib is not installed.
        """
        from textrnn.heads.translator.pictures import attention_figure
        from textrnn.reports.pictures import write_picture

        figure = attention_figure(self)
        if path is not None:
            write_picture(figure, Path(path))
        return figure

    def _repr_html_(self) -> str:
        from textrnn.heads.translator.page import translated_html

        return translated_html(self)

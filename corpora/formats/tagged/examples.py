"""What tagged text is read into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from textrnn.corpora.files.reading import Line
from textrnn.corpora.formats.tagged.schemes import Span

TagProbabilities = Mapping[str, float]  # of a word's tags, which sum to 1


@dataclass(frozen=True)
class TaggedSentence:
    """A sentence cut into words, and its spans.

    Attributes:
        words: its words (in Chinese corpora its characters).
        spans: of words, sorted, without overlap.
        document: number of the document it is of; sentences of one number belong together.
        place: where it was read, as ``a.conll: line 3``.
        probabilities: of each word's tags, where it has these; the spans are of the most probable
            ones then.
        tags: of each word as they were written, where they were.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    document: int = 0
    place: str = field(default="", compare=False)
    probabilities: tuple[TagProbabilities, ...] = field(default=(), hash=False)
    tags: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class SpannedText:
    """A text and its spans, of code points; whoever reads it cuts it into words."""

    text: str
    spans: tuple[Span, ...]
    document: int = 0
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class WordsLine(Line):
    """A sentence that is cut into words already.

    Attributes:
        words: its words; ``text`` is these, joined by blanks.
        above: the comments right above it, as they are written, and ``-DOCSTART-``.
    """

    words: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


Example = TaggedSentence | SpannedText
OnNote = Callable[[str], None]  # told in a line what a reader of the file might not expect


@dataclass(frozen=True)
class TaggedOptions:
    """How tagged text is read, as :class:`textrnn.corpora.TaggedSource` says it; a format heeds
    what concerns it.
    """

    encoding: str = "utf-8"
    scheme: str | None = None
    on_note: OnNote | None = None

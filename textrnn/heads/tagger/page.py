"""Tagged texts as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from textrnn.heads.tagger.entity import Entity
from textrnn.reports.html import PAGE_END, page_beginning, paragraph, safe_html
from textrnn.reports.notebook import SHOWN_CHARACTERS, TEXT_STYLE, shortened
from textrnn.text.language import language_of


class NamedText(Protocol):
    """A text with its names, as :class:`textrnn.heads.tagger.result.TaggedText` is one."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def entities(self) -> Sequence[Entity]:
        """Its names, in order, without overlap."""

    @property
    def language(self) -> str | None:
        """An ISO 639-1 code; nothing where none was looked for or found."""


# Usual labels have hues of their own; others take the rest in the order they come.
_KNOWN_HUES = {"PER": 205, "ORG": 40, "LOC": 285, "MISC": 120}
_HUES = (330, 165, 10, 255, 75)

_STYLE = """body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1.2rem;
  font: 1.05rem/2.1 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.1rem; font-weight: 600; line-height: 1.4; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 .9rem; }
mark { color: inherit; padding: .18em .4em; border-radius: .35em; white-space: pre-wrap;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
  background: hsl(var(--hue) 80% 50% / .17); box-shadow: inset 0 0 0 1px hsl(var(--hue) 60% 50% / .4); }
mark small { font-size: .68em; font-weight: 700; letter-spacing: .04em; margin-left: .45em;
  color: hsl(var(--hue) 65% 38%); }
@media (prefers-color-scheme: dark) { mark small { color: hsl(var(--hue) 75% 72%); } }
"""  # noqa: E501
_MARK = (
    "color: inherit; padding: .15em .35em; border-radius: .35em; "
    "background: hsl({hue} 80% 50% / .18); box-shadow: inset 0 0 0 1px hsl({hue} 60% 50% / .4)"
)
_LABEL = "font-size: .7em; font-weight: 700; margin-left: .4em"


def html_page(texts: Iterable[NamedText], *, title: str = "Names in text") -> str:
    """A whole page.

    Args:
        texts: a paragraph each.
        title: its heading.

    Returns:
        HTML in which everything that texts and labels hold is shown as it is, markup included.
    """
    return "".join(html_stream(texts, title=title))


def html_stream(texts: Iterable[NamedText], *, title: str = "Names in text") -> Iterator[str]:
    """The same, piece by piece, so that memory does not grow with the page."""
    yield page_beginning(title=title, style=_STYLE)
    hues: dict[str, int] = {}
    for text in texts:
        yield paragraph(_marked(text, hues), text.language or language_of(text.text)) + "\n"
    yield PAGE_END


def _marked(tagged: NamedText, hues: dict[str, int]) -> str:
    pieces, end = [], 0
    for entity in tagged.entities:
        pieces += [safe_html(tagged.text[end : entity.start]), _mark(entity, hues)]
        end = entity.end
    return "".join([*pieces, safe_html(tagged.text[end:])])


def _mark(entity: Entity, hues: dict[str, int]) -> str:
    hue, label = label_hue(entity.label, hues), safe_html(entity.label)
    return (
        f'<mark style="--hue:{hue}" title="{label} {entity.probability:.3f}">'
        f"{safe_html(entity.text)}<small>{label}</small></mark>"
    )


def label_hue(label: str, hues: dict[str, int]) -> int:
    """The hue of a label, in degrees: the usual one, or the next that is free.

    Args:
        label: any.
        hues: those that were given so far to labels that are not usual; it grows.
    """
    if label in _KNOWN_HUES:
        return _KNOWN_HUES[label]
    return hues.setdefault(label, _HUES[len(hues) % len(_HUES)])


def tagged_html(result: NamedText) -> str:
    """The text, with a coloured mark around each name."""
    text = shortened(result.text)
    pieces, end, hues = [], 0, dict[str, int]()
    for entity in result.entities:
        if entity.end > SHOWN_CHARACTERS:
            break
        hue, label = label_hue(entity.label, hues), safe_html(entity.label)
        pieces.append(safe_html(text[end : entity.start]))
        pieces.append(
            f'<mark style="{_MARK.format(hue=hue)}" title="{label} {entity.probability:.3f}">'
            f'{safe_html(entity.text)}<span style="{_LABEL}">{label}</span></mark>'
        )
        end = entity.end
    return f'<div style="{TEXT_STYLE}">{"".join(pieces)}{safe_html(text[end:])}</div>'

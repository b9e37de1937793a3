"""Results as a notebook shows them: HTML with its styles in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textrnn.markup import label_hue, safe_html

if TYPE_CHECKING:
    from textrnn.results import Classification, Generation, TaggedText

_TEXT = "white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; text-align: left"
_BAR = "display: inline-block; height: .8em; border-radius: .2em; background: hsl(205 70% 50% / .6)"
_MARK = (
    "color: inherit; padding: .15em .35em; border-radius: .35em; "
    "background: hsl({hue} 80% 50% / .18); box-shadow: inset 0 0 0 1px hsl({hue} 60% 50% / .4)"
)
_LABEL = "font-size: .7em; font-weight: 700; margin-left: .4em"
_SHOWN_LABELS = 5
_SHOWN_CHARACTERS = 2000


def classification_html(result: Classification) -> str:
    """The text, and a bar for the probability of each of the best labels."""
    rows = "".join(
        f'<tr><td style="text-align: left">{safe_html(label)}</td>'
        f'<td style="text-align: right">{value:.3f}</td>'
        f'<td style="text-align: left; width: 12em">'
        f'<span style="{_BAR}; width: {100 * value:.1f}%"></span></td></tr>'
        for label, value in result.top(_SHOWN_LABELS)
    )
    shown = safe_html(_short(result.text))
    return f'<div style="{_TEXT}">{shown}</div><table>{rows}</table>'


def tagged_html(result: TaggedText) -> str:
    """The text, with a coloured mark around each name."""
    text = _short(result.text)
    pieces, end, hues = [], 0, dict[str, int]()
    for entity in result.entities:
        if entity.end > _SHOWN_CHARACTERS:
            break
        hue, label = label_hue(entity.label, hues), safe_html(entity.label)
        pieces.append(safe_html(text[end : entity.start]))
        pieces.append(
            f'<mark style="{_MARK.format(hue=hue)}" title="{label} {entity.probability:.3f}">'
            f'{safe_html(entity.text)}<span style="{_LABEL}">{label}</span></mark>'
        )
        end = entity.end
    return f'<div style="{_TEXT}">{"".join(pieces)}{safe_html(text[end:])}</div>'


def generation_html(result: Generation) -> str:
    """The seed, paler, and what was written."""
    seed = f'<span style="opacity: .6">{safe_html(result.seed)}</span>'
    return f'<div style="{_TEXT}">{seed}{safe_html(result.continuation)}</div>'


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + " …"

"""Explanations as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textrnn.explaining.explanation import Explanation, shaded_html
from textrnn.reports.html import PAGE_END, page_beginning, paragraph, safe_html
from textrnn.text.language import language_of

_STYLE = """:root { --line: hsl(220 15% 50% / .35); }
body { max-width: 50rem; margin: 2.5rem auto; padding: 0 1.2rem;
  font: 1.02rem/1.9 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.15rem; line-height: 1.4; }
.key { white-space: normal; font-size: .86rem; line-height: 1.5; opacity: .8; }
article { border-top: 1px solid var(--line); padding: 1.1rem 0 .4rem; }
header { font-size: .95rem; }
header b { font-size: 1.05rem; }
section { display: grid; grid-template-columns: 1fr 12.5rem; gap: 1.2rem; align-items: start;
  margin: .6rem 0 1.1rem; }
@media (max-width: 40rem) { section { grid-template-columns: 1fr; } }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
mark { color: inherit; border-radius: .25em; padding: .12em 0;
  background: hsl(var(--hue) 75% 48% / var(--share)); }
figure { margin: 0; font-size: .78rem; line-height: 1.45; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.axis { stroke: var(--line); fill: none; }
.random { stroke: hsl(220 10% 55%); stroke-dasharray: 3 3; fill: none; }
.curve { stroke: hsl(205 75% 45%); stroke-width: 2; fill: none; }
"""
_KEY = """<p class="key"><mark style="--hue:140;--share:.5"> speaks for the label </mark> <mark
style="--hue:5;--share:.5"> speaks against it </mark> <mark style="--hue:265;--share:.5"> was looked
at </mark>. The curves show how fast the label's probability falls when the heaviest words are
taken away, against words in random order (dashed): the further below, the more the weights tell
what the network went by.</p>
"""
_WIDTH, _HEIGHT = 160, 60


def explanation_page(
    texts: Iterable[Sequence[Explanation]], *, title: str = "Why these answers"
) -> Iterator[str]:
    """A whole page, piece by piece.

    Args:
        texts: for each text its explanations, one a method.
        title: the heading.

    Yields:
        HTML in which everything that texts and labels hold is shown as it is, markup included.
    """
    yield page_beginning(title=title, style=_STYLE)
    yield _KEY
    for explanations in texts:
        first = explanations[0]
        yield (
            f"<article><header><b>{safe_html(first.label)}</b> {first.probability:.3f}</header>\n"
        )
        for explanation in explanations:
            yield f"<section>{_paragraph(explanation)}{_figure(explanation)}</section>\n"
        yield "</article>\n"
    yield PAGE_END


def _paragraph(explanation: Explanation) -> str:
    """The text, its tokens shaded by weight."""
    shown = shaded_html(explanation, "--hue:{hue};--share:{share:.2f}")
    return paragraph(shown, explanation.language or language_of(explanation.text))


def _figure(explanation: Explanation) -> str:
    """The deletion curve and what it says."""
    curves = (("random", explanation.random_curve), ("curve", explanation.curve))
    lines = "".join(
        f'<polyline class="{name}" points="{_points(curve)}"/>' for name, curve in curves
    )
    axis = f'<path class="axis" d="M0 0V{_HEIGHT}H{_WIDTH}"/>'
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="deletion curve">'
        f"{axis}{lines}</svg><figcaption>{safe_html(explanation.method)}: faithfulness "
        f"{explanation.faithfulness:+.2f}</figcaption></figure>"
    )


def _points(curve: Sequence[float]) -> str:
    last = max(len(curve) - 1, 1)
    return " ".join(
        f"{_WIDTH * i / last:.1f},{_HEIGHT * (1.0 - value):.1f}" for i, value in enumerate(curve)
    )

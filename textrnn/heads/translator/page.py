"""Translations as one HTML page that needs nothing else: whoever points at a word sees what it
looked at, and a matrix shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.translator.matrix import AttentionMatrix
from textrnn.heads.translator.result import TranslatedSentence, Translation
from textrnn.reports.html import PAGE_END, page_beginning, safe_html
from textrnn.reports.notebook import TEXT_STYLE, shortened
from textrnn.text.language import language_of

_STYLE = """body { max-width: 62rem; margin: 2.5rem auto; padding: 0 1.2rem;
  font: 1.05rem/1.8 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.1rem; font-weight: 600; line-height: 1.4; }
section { border-top: 1px solid #8884; padding: .8rem 0 .2rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
p.source { opacity: .75; }
p.target { font-size: 1.12em; margin-bottom: .3rem; }
i { font-style: normal; border-radius: .2em; background: hsl(215 90% 55% / calc(var(--w, 0) * .6)); }
i.on { outline: 2px solid hsl(215 80% 55%); }
small { opacity: .65; }
details { margin: .1rem 0 .8rem; overflow-x: auto; }
summary { cursor: pointer; font-size: .85rem; opacity: .65; }
table { border-collapse: collapse; font-size: .85rem; line-height: 1.1; margin: .4rem 0; }
th { font-weight: 400; padding: .15rem .3rem; white-space: pre; }
thead th { vertical-align: bottom; }
tbody th { text-align: right; }
td { width: 1.35rem; min-width: 1.35rem; height: 1.35rem; border: 1px solid #8882;
  background: hsl(215 90% 50% / var(--w)); }
"""  # noqa: E501
# Weights come as percents, a row for each part of the translation. Nothing of a text is ever read
# as markup: tables are built of text nodes.
_SCRIPT = """<script>
for (const section of document.querySelectorAll("section")) {
  const words = [...section.querySelectorAll("i")];
  const of = (side, block) => words.filter(w => w.dataset.side === side && w.dataset.block === block);
  const rows = block => section.querySelector(`details[data-block="${block}"]`).dataset.weights
    .split(";").map(row => row.split(" ").map(Number));
  section.addEventListener("mouseover", event => {
    const word = event.target.closest("i");
    for (const other of words) { other.style.removeProperty("--w"); other.classList.remove("on"); }
    if (!word) return;
    const {side, block} = word.dataset, weights = rows(block), at = of(side, block).indexOf(word);
    word.classList.add("on");
    of(side === "target" ? "source" : "target", block).forEach((other, n) =>
      other.style.setProperty("--w", (side === "target" ? weights[at][n] : weights[n][at]) / 100));
  });
  for (const details of section.querySelectorAll("details"))
    details.addEventListener("toggle", () => {
      if (details.querySelector("table")) return;
      const cell = (row, kind, text) => {
        const made = row.appendChild(document.createElement(kind));
        made.textContent = text;
        return made;
      };
      const block = details.dataset.block, table = document.createElement("table");
      const sources = of("source", block).map(word => word.textContent);
      const targets = of("target", block).map(word => word.textContent);
      const head = table.createTHead().insertRow();
      for (const text of ["", ...sources]) cell(head, "th", text);
      const body = table.createTBody();
      rows(block).forEach((weights, n) => {
        const row = body.insertRow();
        cell(row, "th", targets[n]);
        weights.forEach((weight, m) => {
          const made = cell(row, "td", "");
          made.style.setProperty("--w", weight / 100);
          made.title = `${targets[n]} ← ${sources[m]} ${weight}%`;
        });
      });
      details.append(table);
    });
}
</script>
"""  # noqa: E501


def html_page(translations: Iterable[Translation], *, title: str = "Translations") -> str:
    """A whole page.

    Args:
        translations: a section each.
        title: its heading.

    Returns:
        HTML in which everything that texts hold is shown as it is, markup included.
    """
    return "".join(html_stream(translations, title=title))


def html_stream(
    translations: Iterable[Translation], *, title: str = "Translations"
) -> Iterator[str]:
    """The same, piece by piece, so that memory does not grow with the page."""
    yield page_beginning(title=title, style=_STYLE)
    for translation in translations:
        yield _section(translation)
    yield _SCRIPT
    yield PAGE_END


def _section(translation: Translation) -> str:
    """A text, its translation, and a matrix for each of its sentences."""
    sentences = translation.sentences
    matrices = [AttentionMatrix.of(translation, sentence) for sentence in sentences]
    source = _marked(translation.source, "source", [matrix.source for matrix in matrices])
    target = _marked(translation.text, "target", [matrix.target for matrix in matrices])
    language = safe_html(translation.language or language_of(translation.source))
    others = "".join(
        f"<p><small>{other.score:.3f}</small> {safe_html(other.text)}</p>\n"
        for other in translation.hypotheses[1:]
    )
    details = "".join(
        _details(number, sentence, matrix)
        for number, (sentence, matrix) in enumerate(zip(sentences, matrices, strict=True))
    )
    return (
        f'<section>\n<p class="source" lang="{language}" dir="auto">{source}</p>\n'
        f'<p class="target" dir="auto">{target}</p>\n{others}{details}</section>\n'
    )


def _marked(text: str, side: str, blocks: Iterable[NDArray[np.int32]]) -> str:
    """A text in which each part that has attention is an element, with the number of its block."""
    pieces, end = [], 0
    for number, places in enumerate(blocks):
        for first, last in places.tolist():
            word = safe_html(text[first:last])
            pieces.append(safe_html(text[end:first]))
            pieces.append(f'<i data-side="{side}" data-block="{number}">{word}</i>')
            end = last
    return "".join([*pieces, safe_html(text[end:])])


def _details(number: int, sentence: TranslatedSentence, matrix: AttentionMatrix) -> str:
    """The weights of a sentence, which a script makes a table of when it is opened."""
    percents = (100 * matrix.weights).round().astype(int).tolist()
    weights = ";".join(" ".join(map(str, row)) for row in percents)
    return (
        f'<details data-block="{number}" data-weights="{weights}">'
        f"<summary>attention, score {sentence.score:.3f}</summary></details>\n"
    )


def translated_html(translation: Translation) -> str:
    """A translation under its source, as a notebook shows it."""
    source, text = (safe_html(shortened(one)) for one in (translation.source, translation.text))
    return f'<div style="{TEXT_STYLE}"><span style="opacity: .6">{source}</span><br>{text}</div>'

/** A text in another language; each word of it shows what the network looked at. */

import { cut } from "../code-points.js";
import { h } from "../dom.js";
import { percent } from "../numbers.js";
import { textPanel } from "../text-panel.js";

export const translate = {
  id: "translate",
  task: "translator",
  word: () => "tab.translate",
  panel,
};

function panel(models) {
  return textPanel(
    {
      id: "translate",
      task: "translator",
      verb: "translate",
      examples: EXAMPLES,
      show: (answer) => [aligned(answer)],
      summary: (answer) => ["translate.summary", { count: Array.from(answer.translation).length }],
      cells: (answer) => ({ text: answer.text, translation: answer.translation }),
      record: (answer) => ({ translation: answer.translation }),
      way: () => ({ command: "translate", head: "Translator", ending: "csv", options: {} }),
    },
    models,
  );
}

function aligned({ text, language, translation, alignment }) {
  const sources = sourcePieces(text, alignment);
  const point = (token) =>
    sources.forEach(({ span, element }) => {
      const isSeen =
        token && span && span.start === token.source_start && span.end === token.source_end;
      element.classList?.toggle("seen", Boolean(isSeen));
    });
  const targets = cut(translation, alignment).map(({ text, span }) =>
    span ? target(text, span, point) : text,
  );
  return h(
    "div.card.pair",
    h(
      "div",
      h("h3", { word: "translate.source" }),
      h("p.said", { lang: language, dir: "auto" }, ...sources.map(({ element }) => element)),
    ),
    h("div", h("h3", { word: "translate.target" }), h("p.said", { dir: "auto" }, ...targets)),
    alignment.length ? h("p.hint", { word: "translate.how" }) : null,
  );
}

/** The source in the pieces that some word of the translation looked at. */
function sourcePieces(text, alignment) {
  const looked = new Map(alignment.map((token) => [token.source_start, token.source_end]));
  const spans = [...looked]
    .map(([start, end]) => ({ start, end }))
    .sort((a, b) => a.start - b.start);
  return cut(text, spans).map(({ text, span }) => ({
    span,
    element: span ? h("span.source", text) : document.createTextNode(text),
  }));
}

function target(text, token, point) {
  const on = () => point(token),
    off = () => point(null);
  return h(
    "span.target",
    {
      tabindex: "0",
      title: percent(token.weight),
      on: { pointerenter: on, pointerleave: off, focus: on, blur: off },
    },
    text,
  );
}

const EXAMPLES = {
  en: ["Where is the nearest station?", "My brother lives in London."],
  zh: ["学而时习之，不亦说乎？", "有朋自远方来，不亦乐乎？"],
};

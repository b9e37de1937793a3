/** Which label a text has, how sure that is, and which words decided. */

import { cut } from "../code-points.js";
import { h } from "../dom.js";
import { explainButton } from "../explain.js";
import { bar, percent, wholePercent } from "../numbers.js";
import { slider } from "../slider.js";
import { textPanel } from "../text-panel.js";

const SENTIMENT = ["negative", "neutral", "positive"];
const UNCERTAIN = "uncertain";

export const classify = {
  id: "classify",
  task: "classifier",
  word: (models) => (models.every(isSentiment) ? "tab.sentiment" : "tab.classify"),
  panel,
};

const isSentiment = ({ labels }) => labels.every((label) => SENTIMENT.includes(label));

function panel(models) {
  const least = slider("classify-least", {
    word: "classify.least",
    max: 1,
    step: 0.01,
    value: 0,
    shown: wholePercent,
  });
  const labelOf = ({ label, probability }) => (probability < least.value() ? UNCERTAIN : label);
  return textPanel(
    {
      id: "classify",
      task: "classifier",
      verb: "classify",
      examples: models.every(isSentiment) ? EXAMPLES : {},
      options: least.field,
      alone: { mode: "exact" }, // to show where the network looked
      show: (answer, model) => [card(answer, model, labelOf(answer))],
      summary: (answer) => [
        "classify.summary",
        { label: [`label.${labelOf(answer)}`], percent: percent(answer.probability) },
      ],
      cells: (answer) => ({
        text: answer.text,
        label: h("span", { word: `label.${labelOf(answer)}` }),
        probability: percent(answer.probability),
      }),
      record: (answer) => ({ label: labelOf(answer), probability: answer.probability.toFixed(4) }),
      way: () => ({
        command: "classify",
        head: "Classifier",
        ending: "csv",
        options: least.value() ? { abstain: least.value() } : {},
      }),
    },
    models,
  );
}

function card(answer, model, label) {
  // An object has labels that are numbers, as stars, in their own order.
  const ranked = Object.entries(answer.probabilities).sort((a, b) => b[1] - a[1]);
  const rows = ranked.map(([name, value]) =>
    h(
      `li.${name === answer.label ? "first" : "other"}`,
      h("span", { word: `label.${name}` }),
      bar(value),
      h("span.number", percent(value)),
    ),
  );
  return h(
    "div.card",
    h("p.verdict", { word: `label.${label}` }),
    h("ol.bars", ...rows),
    answer.token_weights.length ? looked(answer) : null,
    explainButton(answer, model),
  );
}

/** The text, darker where the network looked. */
function looked({ text, language, token_weights: weights }) {
  const most = Math.max(...weights.map(({ weight }) => weight));
  const pieces = cut(text, weights).map(({ text, span }) =>
    span
      ? h(
          "span.looked",
          { style: { "--share": span.weight / most }, title: percent(span.weight) },
          text,
        )
      : text,
  );
  return h("div", h("h3", { word: "classify.looked" }), h("p.said", { lang: language }, ...pieces));
}

const EXAMPLES = {
  en: ["A joy from start to finish.", "Well acted, but far too long."],
  zh: ["房间很干净，早餐也好吃，下次还住这里。", "等了两个小时才送到，饭都凉了。"],
};

/** The names in a text, coloured where they stand. */

import { cut } from "../code-points.js";
import { h } from "../dom.js";
import { percent, wholePercent } from "../numbers.js";
import { slider } from "../slider.js";
import { textPanel } from "../text-panel.js";

export const tag = { id: "tag", task: "tagger", word: () => "tab.tag", panel };

const HUES = { PER: 350, LOC: 150, ORG: 215, MISC: 40 };
const hue = (label, number) => HUES[label] ?? (number * 67 + 285) % 360;

function panel(models) {
  const labels = [...new Set(models.flatMap((model) => model.labels))];
  const least = slider("tag-least", {
    word: "tag.least",
    max: 1,
    step: 0.01,
    value: 0,
    shown: wholePercent,
    changed: () => hideUnsure(section, least.value()),
  });
  const sure = ({ entities }) => entities.filter(({ probability }) => probability >= least.value());
  const coloured = (answer) => {
    const pieces = cut(answer.text, answer.entities);
    return h(
      "p.said",
      { lang: answer.language, dir: "auto" },
      ...pieces.map(({ text, span }) => (span ? mark(span, labels) : text)),
    );
  };
  const withoutUnsure = (element) => (hideUnsure(element, least.value()), element);
  const section = textPanel(
    {
      id: "tag",
      task: "tagger",
      verb: "tag",
      examples: EXAMPLES,
      options: least.field,
      show: (answer) => [
        withoutUnsure(h("div.card", coloured(answer), legend(answer.entities, labels))),
      ],
      summary: (answer) => ["tag.summary", { count: sure(answer).length }],
      cells: (answer) => ({ text: withoutUnsure(coloured(answer)) }),
      record: (answer) => byLabel(sure(answer)),
      way: () => ({
        command: "tag",
        head: "Tagger",
        ending: "jsonl",
        options: least.value() ? { min_probability: least.value() } : {},
      }),
    },
    models,
  );
  return section;
}

function mark({ text, label, probability }, labels) {
  const tip = h("span.tip", h("span", { word: `label.${label}` }), ` ${percent(probability)}`);
  return h(
    "mark.entity",
    {
      tabindex: "0",
      "data-probability": probability,
      "data-label": label,
      style: { "--hue": hue(label, labels.indexOf(label)) },
      on: { pointerenter: () => keepInside(tip), focus: () => keepInside(tip) },
    },
    text,
    h("small", { "aria-hidden": "true" }, label),
    tip,
  );
}

/** Move a tip that would stand out of the window. */
function keepInside(tip) {
  tip.style.setProperty("--shift", "0px");
  const over = tip.getBoundingClientRect().right - document.documentElement.clientWidth + 12;
  if (over > 0) tip.style.setProperty("--shift", `${-over}px`);
}

/** Show as mere text what is less probable than the reader wants, and no label that is not seen. */
function hideUnsure(root, least) {
  for (const shown of root.querySelectorAll(".entity")) {
    const isUnsure = Number(shown.dataset.probability) < least;
    shown.classList.toggle("unsure", isUnsure);
    shown.tabIndex = isUnsure ? -1 : 0;
  }
  for (const item of root.querySelectorAll(".legend li")) {
    const { label } = item.dataset;
    item.hidden = !root.querySelector(`.entity[data-label="${CSS.escape(label)}"]:not(.unsure)`);
  }
}

function legend(entities, labels) {
  const found = labels.filter((label) => entities.some((entity) => entity.label === label));
  if (!found.length) return h("p.hint", { word: "tag.none" });
  return h(
    "ul.legend",
    ...found.map((label) =>
      h(
        "li",
        { "data-label": label, style: { "--hue": hue(label, labels.indexOf(label)) } },
        h("span", { word: `label.${label}` }),
      ),
    ),
  );
}

/** The names of each label, in a column of its own. */
function byLabel(entities) {
  const found = {};
  for (const { label, text } of entities)
    found[label] = found[label] ? `${found[label]}; ${text}` : text;
  return found;
}

const EXAMPLES = {
  en: [
    "Marie Curie left Warsaw for Paris in 1891.",
    "Ada Lovelace worked with Charles Babbage in London.",
  ],
  zh: ["李白在长安见到了贺知章。", "王芳从上海到北京的清华大学开会。"],
};

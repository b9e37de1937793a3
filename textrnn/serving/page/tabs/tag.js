/** The names in a text, coloured where they stand. */

import { pythonValue } from "../calls.js";
import { cut } from "../code-points.js";
import { h } from "../dom.js";
import { percent } from "../numbers.js";
import { slider } from "../slider.js";
import { textPanel } from "../text-panel.js";

export const tag = { id: "tag", task: "tagger", word: () => "tab.tag", panel };

const HUES = { PER: 350, LOC: 150, ORG: 215, MISC: 40 };
const hue = (label, number) => HUES[label] ?? (number * 67 + 285) % 360;

function panel(models) {
  const labels = [...new Set(models.flatMap((model) => model.labels))];
  const least = slider("tag-least", {
    word: "tag.least", max: 1, step: 0.01, value: 0.5, shown: percent, changed: () => hideUnsure(section, least.value()),
  });
  const sure = ({ entities }) => entities.filter(({ probability }) => probability >= least.value());
  const coloured = (answer) => {
    const text = h("p.said", { lang: answer.language, dir: "auto" },
      ...cut(answer.text, answer.entities).map(({ text, span }) => (span ? mark(span, labels) : text)));
    hideUnsure(text, least.value());
    return text;
  };
  const section = textPanel({
    id: "tag",
    task: "tagger",
    verb: "tag",
    examples: EXAMPLES,
    options: least.field,
    show: (answer) => [h("div.card", {}, coloured(answer), legend(answer.entities, labels))],
    summary: (answer) => ["tag.summary", { count: sure(answer).length }],
    cells: (answer) => ({ text: coloured(answer) }),
    record: (answer) => byLabel(sure(answer)),
    call: ({ text, model }) => call(text, model, least.value()),
  }, models);
  return section;
}

function mark({ text, label, probability }, labels) {
  const tip = h("span.tip", {}, h("span", { word: `label.${label}` }), ` ${percent(probability)}`);
  const shown = h("mark.entity", {
    tabindex: "0", "data-probability": probability,
    style: { "--hue": hue(label, labels.indexOf(label)) },
    on: { pointerenter: () => keepInside(tip), focus: () => keepInside(tip) },
  }, text, h("small", { "aria-hidden": "true" }, label), tip);
  return shown;
}

/** Move a tip that would stand out of the window. */
function keepInside(tip) {
  tip.style.setProperty("--shift", "0px");
  const over = tip.getBoundingClientRect().right - document.documentElement.clientWidth + 12;
  if (over > 0) tip.style.setProperty("--shift", `${-over}px`);
}

/** Show as mere text what is less probable than the reader wants. */
function hideUnsure(root, least) {
  for (const shown of root.querySelectorAll(".entity")) {
    const isUnsure = Number(shown.dataset.probability) < least;
    shown.classList.toggle("unsure", isUnsure);
    shown.tabIndex = isUnsure ? -1 : 0;
  }
}

function legend(entities, labels) {
  const found = labels.filter((label) => entities.some((entity) => entity.label === label));
  if (!found.length) return h("p.hint", { word: "tag.none" });
  return h("ul.legend", {}, ...found.map((label) =>
    h("li", { style: { "--hue": hue(label, labels.indexOf(label)) } }, h("span", { word: `label.${label}` }))));
}

/** The names of each label, in a column of its own. */
function byLabel(entities) {
  const found = {};
  for (const { label, text } of entities) found[label] = found[label] ? `${found[label]}; ${text}` : text;
  return found;
}

function call(text, model, least) {
  return {
    path: "/v1/tag", model, asked: { text, min_probability: least },
    python: `for entity in model.tag(${pythonValue(text)}).only(min_probability=${least}).entities:\n    print(entity.text, entity.label, entity.probability)`,
    shell: ["tag", "--model", model, "--text", text, "--min-probability", String(least)],
  };
}

const EXAMPLES = {
  en: ["Marie Curie left Warsaw for Paris in 1891.", "The Beatles played in Hamburg before EMI signed them."],
  zh: ["李白在长安见到了贺知章。", "昨天，王芳从上海飞往北京，参加清华大学的会议。"],
};

/** Verse and prose, shown as they are written. */

import { Asking } from "../asking.js";
import { commandOptions, keywords, pythonValue } from "../calls.js";
import { write as written } from "../client.js";
import { Controls } from "../controls.js";
import { h } from "../dom.js";
import { copyButton, elsewhere } from "../elsewhere.js";
import { asksOnEnter, examples } from "../fields.js";
import { foreignNote } from "../foreign.js";

export const write = { id: "write", task: "generator", word: () => "tab.write", panel };

function panel(models) {
  const asking = new Asking("write", work);
  const ask = () => asking.restart();
  const controls = new Controls();
  const tries = h("div");
  const choice = modelChoice(models, choose);
  const seed = h("textarea", {
    id: "write-seed",
    rows: 2,
    dir: "auto",
    spellcheck: "false",
    placeholder: "write.seed.placeholder",
    on: asksOnEnter(ask),
  });
  choose(models[0]);

  function choose({ language }) {
    controls.verse.hidden = language !== "zh";
    const write = (text) => {
      seed.value = text;
      ask();
    };
    tries.replaceChildren(examples(EXAMPLES[language] ?? [], write));
  }

  async function work(asking, signal) {
    const { name: model, language } = choice.chosen();
    const options = controls.options(choice.chosen());
    const begun = performance.now();
    const text = h("p.written.writing", { lang: language, dir: "auto" }, h("b", seed.value));
    text.classList.toggle("verse", language === "zh");
    asking.show(h("div.card", text));
    try {
      for await (const { piece, answer } of written(model, seed.value, options, signal)) {
        if (piece) text.append(piece);
        if (!answer) continue;
        text.before(...foreignNote("write.foreign", answer.language, choice.chosen()));
        finish(text, answer, model, options, performance.now() - begun);
      }
    } finally {
      text.classList.remove("writing");
    }
  }

  function finish(text, answer, model, options, elapsed) {
    asking.tell("write.summary", { count: answer.tokens, milliseconds: Math.round(elapsed) });
    const again = { ...options, random_state: answer.random_state };
    const keep = h("button.quiet", {
      type: "button",
      word: "write.keep",
      put: { number: String(answer.random_state) },
      on: { click: () => controls.draw(answer.random_state) },
    });
    text.after(h("div.row", copyButton(answer.text, text), keep));
    asking.place.append(elsewhere("write", call(model, answer.seed, again)));
  }

  return h(
    "section",
    h(
      "div.card",
      choice.field,
      h("label", { for: "write-seed", word: "write.seed" }),
      seed,
      tries,
      controls.verse,
      h("div.row", ...controls.others, h("span.push"), asking.button),
    ),
    asking.status,
    asking.place,
  );
}

/** Models to choose from, as buttons of which one is pressed. */
function modelChoice(models, changed) {
  const radios = models.map(({ name }, i) =>
    h("input", {
      type: "radio",
      name: "write-model",
      id: `write-model-${i}`,
      checked: i === 0,
      on: { change: () => changed(models[i]) },
      value: name,
    }),
  );
  const buttons = radios.map((radio) =>
    h("span", radio, h("label", { for: radio.id, word: `model.${radio.value}` })),
  );
  const isNoChoice = models.length < 2;
  return {
    field: h("fieldset.choice", { hidden: isNoChoice }, h("legend", { word: "model" }), ...buttons),
    chosen: () => models[radios.findIndex(({ checked }) => checked)],
  };
}

function call(model, seed, options) {
  return {
    path: "/v1/generate",
    asked: { seed, model, ...options },
    python: [
      "import textrnn",
      "",
      `model = textrnn.load(${pythonValue(model)})`,
      `print(model.generate(${pythonValue(seed)}${keywords(options)})[0].text)`,
    ],
    shell: ["generate", "--model", model, "--seed", seed, ...commandOptions(options)],
  };
}

const EXAMPLES = {
  en: ["It was a dark night", "The sea"],
  zh: ["床前明月光", "春风", "江上"],
};

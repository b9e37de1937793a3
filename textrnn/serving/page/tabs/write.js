/** Verse and prose, shown as they are written. */

import { Asking } from "../asking.js";
import { commandOptions, keywords, pythonValue } from "../calls.js";
import { write as written } from "../client.js";
import { h } from "../dom.js";
import { copy, elsewhere } from "../elsewhere.js";
import { slider } from "../slider.js";

export const write = { id: "write", task: "generator", word: () => "tab.write", panel };

const FORMS = ["", "五绝", "七绝", "五律", "七律"];

function panel(models) {
  const radios = models.map(({ name }, i) =>
    h("input", { type: "radio", name: "write-model", id: `write-model-${i}`, value: name, checked: i === 0 }));
  const chosen = () => models[radios.findIndex(({ checked }) => checked)];
  const controls = new Controls();
  const seed = h("textarea", {
    id: "write-seed", rows: 2, dir: "auto", spellcheck: "false", placeholder: "write.seed.placeholder",
    on: { keydown: (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && asking.restart() },
  });
  const examples = h("div.examples");
  const asking = new Asking("write", (asking, signal) => work(asking, signal));

  async function work(asking, signal) {
    const model = chosen().name;
    const options = controls.options(chosen());
    const begun = performance.now();
    const text = h("p.written.writing", { lang: chosen().language, dir: "auto" }, h("b", {}, seed.value));
    text.classList.toggle("verse", chosen().language === "zh");
    asking.show(h("div.card", {}, text));
    for await (const { piece, answer } of written(model, seed.value, options, signal)) {
      if (piece) text.append(piece);
      if (answer) finish(text, answer, model, options, performance.now() - begun);
    }
  }

  function finish(text, answer, model, options, elapsed) {
    text.classList.remove("writing");
    asking.tell("write.summary", { count: answer.tokens, milliseconds: Math.round(elapsed) });
    const again = { ...options, random_state: answer.random_state };
    const button = h("button.quiet", { type: "button", word: "copy", on: { click: () => copy(answer.text, button, text) } });
    const keep = () => controls.draw(answer.random_state);
    text.after(h("div.row", {}, button,
      h("button.quiet", { type: "button", word: "write.keep", put: { number: String(answer.random_state) }, on: { click: keep } })));
    asking.place.append(elsewhere("write", call(model, answer.seed, again)));
  }

  const choose = () => {
    const { language } = chosen();
    controls.verse.hidden = language !== "zh";
    const texts = EXAMPLES[language] ?? [];
    examples.replaceChildren(h("span", { word: "try" }), ...texts.map((text) => h("button.example", {
      type: "button", on: { click: () => ((seed.value = text), asking.restart()) },
    }, text)));
  };
  radios.forEach((radio) => radio.addEventListener("change", choose));
  choose();

  return h("section", {},
    h("div.card", {},
      h("fieldset.choice", { hidden: models.length < 2 }, h("legend", { word: "model" }),
        ...radios.map((radio, i) => h("span", {}, radio, h("label", { for: radio.id, word: `model.${models[i].name}` })))),
      h("label", { for: "write-seed", word: "write.seed" }), seed, examples,
      controls.verse,
      h("div.row", {}, ...controls.others, h("span.push"), asking.button)),
    asking.status, asking.place);
}

/** How it is to be written. */
class Controls {
  constructor() {
    this.form = h("select", { id: "write-form" },
      ...FORMS.map((form) => h("option", { value: form, word: `form.${form || "free"}` })));
    this.rhyme = h("input", { type: "checkbox", id: "write-rhyme" });
    this.acrostic = h("input", { type: "text", id: "write-acrostic", placeholder: "write.acrostic.placeholder" });
    this.temperature = slider("write-temperature", {
      word: "write.temperature", min: 0, max: 1.5, step: 0.1, value: 0.8, shown: (value) => value.toFixed(1),
    });
    this.length = h("input", { type: "number", id: "write-length", min: 1, max: 2000, value: 120 });
    this.state = h("input", { type: "number", id: "write-state", min: 0, placeholder: "write.state.placeholder" });
    this.verse = h("div.row", {},
      labelled(this.form, "write.form"),
      labelled(this.acrostic, "write.acrostic"),
      h("div.check", {}, this.rhyme, h("label", { for: "write-rhyme", word: "write.rhyme" })));
    this.others = [
      this.temperature.field, labelled(this.length, "write.length"), labelled(this.state, "write.state"),
    ];
  }

  /** @param {import("../client.js").Model} model @returns {object} by the library's names */
  options({ language }) {
    const found = { temperature: this.temperature.value(), length: Number(this.length.value) };
    if (this.state.value) found.random_state = Number(this.state.value);
    if (language !== "zh") return found;
    if (this.form.value) found.form = this.form.value;
    if (this.rhyme.checked) found.rhyme = true;
    if (this.acrostic.value.trim()) found.acrostic = this.acrostic.value.trim();
    return found;
  }

  /** Have the next text drawn by a number. */
  draw(number) {
    this.state.value = number;
  }
}

function labelled(input, word) {
  return h("div.field", {}, h("label", { for: input.id, word }), input);
}

function call(model, seed, options) {
  return {
    path: "/v1/generate",
    asked: { seed, model, ...options },
    python: [
      "import textrnn", "",
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

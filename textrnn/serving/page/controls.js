/** What decides how a text is written. */

import { h } from "./dom.js";
import { labelled, ticked } from "./fields.js";
import { slider } from "./slider.js";

const FORMS = ["", "五绝", "七绝", "五律", "七律"];

export class Controls {
  constructor() {
    this.form = h(
      "select",
      { id: "write-form" },
      ...FORMS.map((form) => h("option", { value: form, word: `form.${form || "free"}` })),
    );
    this.rhyme = h("input", { type: "checkbox", id: "write-rhyme" });
    this.acrostic = h("input", {
      type: "text",
      id: "write-acrostic",
      placeholder: "write.acrostic.placeholder",
    });
    this.temperature = slider("write-temperature", {
      word: "write.temperature",
      min: 0,
      max: 1.5,
      step: 0.1,
      value: 0.8,
      shown: (value) => value.toFixed(1),
    });
    this.length = h("input", { type: "number", id: "write-length", min: 1, max: 2000, value: 120 });
    this.state = h("input", {
      type: "number",
      id: "write-state",
      min: 0,
      placeholder: "write.state.placeholder",
    });
    this.verse = h(
      "div.row",
      labelled("write.form", this.form),
      labelled("write.acrostic", this.acrostic),
      ticked("write.rhyme", this.rhyme),
    );
    this.others = [
      this.temperature.field,
      labelled("write.length", this.length),
      labelled("write.state", this.state),
    ];
  }

  /** @param {import("./client.js").Model} model @returns {object} by the library's names */
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

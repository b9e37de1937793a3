/** What is filled in or chosen, with what it is called. */

import { h } from "./dom.js";

/** A field below its name. */
export function labelled(word, control) {
  return h("div.field", h("label", { for: control.id, word }), control);
}

/** A box to tick, before what that means. */
export function ticked(word, box) {
  return h("div.check", box, h("label", { for: box.id, word }));
}

/** Texts to try: a click chooses one. */
export function examples(texts, choose) {
  const buttons = texts.map((text) =>
    h("button.example", { type: "button", on: { click: () => choose(text) } }, text),
  );
  return h("div.examples", { hidden: !texts.length }, h("span", { word: "try" }), ...buttons);
}

/** A listener by which Ctrl and Enter ask, also from within a text. */
export const asksOnEnter = (ask) => ({
  keydown: ({ key, ctrlKey, metaKey }) => key === "Enter" && (ctrlKey || metaKey) && ask(),
});

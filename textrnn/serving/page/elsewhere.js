/** "As curl, as Python, as shell", each with a button that copies it. */

import { asCurl, asPython, asShell } from "./calls.js";
import { address } from "./client.js";
import { h } from "./dom.js";
import { showTabs } from "./tabs.js";
import { say } from "./words.js";

const WAYS = { curl: asCurl, python: asPython, shell: asShell };
const TOO_LONG = 100_000; // characters; nobody copies a call with a file in it

/**
 * @param {string} id a beginning of the ids of its parts
 * @param {import("./calls.js").Call} call
 */
export function elsewhere(id, call) {
  const written = Object.entries(WAYS)
    .filter(([way]) => way !== "curl" || address)
    .map(([way, write]) => ({ way, text: write(call) }))
    .filter(({ text }) => text.length < TOO_LONG);
  const tabs = h("div.ways", { role: "tablist", label: "elsewhere" });
  const details = h("details.elsewhere", h("summary", { word: "elsewhere" }), tabs);
  showTabs(
    tabs,
    details,
    written.map(({ way, text }) => ({
      id: `${id}-${way}`,
      word: `as.${way}`,
      panel: shown(text),
    })),
  );
  return details;
}

function shown(text) {
  const code = h("pre", { tabindex: "0" }, text);
  const button = copyButton(text, code);
  button.classList.add("copy");
  return h("div.way", code, button);
}

/** A button that copies a text; where a page may not, it selects it for the reader to do so. */
export function copyButton(text, shownIn) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(button, "copied");
      setTimeout(() => say(button, "copy"), 2000);
    } catch {
      getSelection().selectAllChildren(shownIn);
    }
  };
  const button = h("button.quiet", { type: "button", word: "copy", on: { click: copy } });
  return button;
}

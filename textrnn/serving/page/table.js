/** Tables. */

import { h } from "./dom.js";

/**
 * @param {HTMLElement[]} head cells, as `heading` makes them
 * @param {(Node | string)[][]} rows
 */
export function table(head, rows) {
  const body = rows.map((row) => h("tr", ...row.map((cell) => h("td", cell))));
  return h("table", h("thead", h("tr", ...head)), h("tbody", ...body));
}

/** The head of a column: a key of the dictionary, or words as they are. */
export function heading({ word, text }) {
  return h("th", { scope: "col", word }, text);
}

/** A table that is scrolled in a place of its own. */
export function scrolled(shown) {
  return h("div.rows", { tabindex: "0", role: "region", label: "rows" }, shown);
}

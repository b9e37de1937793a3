/** A number that is chosen by a slider, shown beside it. */

import { h } from "./dom.js";

/**
 * @param {string} id
 * @param {{word: string, min?: number, max: number, step: number, value: number,
 *          shown?: (value: number) => string, changed?: () => void}} options
 * @returns {{field: HTMLElement, value: () => number}}
 */
export function slider(id, { word, min = 0, max, step, value, shown = String, changed }) {
  const input = h("input", { type: "range", id, min, max, step, value });
  const output = h("output", { for: id });
  const show = () => {
    output.textContent = shown(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    show();
    changed?.();
  });
  show();
  const field = h("div.field", h("label", { for: id, word }), h("div.slider", input, output));
  return { field, value: () => Number(input.value) };
}

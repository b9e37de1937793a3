/** Problems, told where the reader looks. */

import { h } from "./dom.js";
import { NOBODY, Problem } from "./problem.js";

/** @param {unknown} error what was caught @returns {HTMLElement} */
export function problemBox(error) {
  const said = error instanceof Problem ? error : new Problem(500, String(error));
  const gone = said.status === NOBODY && !said.detail;
  return h(
    "div.problem",
    { role: "alert" },
    h("strong", { word: gone ? "problem.gone" : "problem" }),
    gone ? h("span", { word: "problem.gone.remedy" }) : h("span", said.detail),
  );
}

/** Problems, told where the reader looks. */

import { h } from "./dom.js";
import { NOBODY, Problem } from "./problem.js";

const TOLD = [413, 422, 503, 504]; // what the reader can do something about, in the page's language

/** @param {unknown} error what was caught @returns {HTMLElement} */
export function problemBox(error) {
  const said = error instanceof Problem ? error : new Problem(500, String(error));
  const gone = said.status === NOBODY && !said.detail;
  const title = TOLD.includes(said.status) ? `problem.${said.status}` : "problem";
  return h(
    "div.problem",
    { role: "alert" },
    h("strong", { word: gone ? "problem.gone" : title }),
    gone ? h("span", { word: "problem.gone.remedy" }) : h("span", said.detail),
  );
}

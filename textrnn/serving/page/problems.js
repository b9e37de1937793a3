/** Problems, told where the reader looks. */

import { address } from "./client.js";
import { h } from "./dom.js";
import { NOBODY, Problem } from "./problem.js";
import { told } from "./told.js";

const TOLD = [413, 422, 503, 504]; // what the reader can do something about, in the page's language

/** @param {unknown} error what was caught @returns {HTMLElement} */
export function problemBox(error) {
  const said = error instanceof Problem ? error : new Problem(500, String(error));
  const isGone = said.status === NOBODY && !said.detail;
  const gone = address ? "problem.gone" : "problem.away"; // pages without a service have no address
  const title = TOLD.includes(said.status) ? `problem.${said.status}` : "problem";
  return h(
    "div.problem",
    { role: "alert" },
    h("strong", { word: isGone ? gone : title }),
    isGone ? h("span", { word: `${gone}.remedy` }) : detail(said.detail),
  );
}

/** What is wrong, in the page's language where it has words for it. */
function detail(text) {
  const known = told(text);
  return known ? h("span", { word: known.key, put: known.put }) : h("span", text);
}

/** What stands below: the models, and the way to the service itself. */

import { address, card } from "./client.js";
import { h } from "./dom.js";
import { problemBox } from "./problems.js";

/** @param {import("./client.js").Model[]} served @returns {HTMLElement[]} */
export function foot(served) {
  const links = address
    ? h("p", {}, h("a", { href: `${address}docs`, word: "foot.docs" }), " · ",
        h("a", { href: `${address}openapi.json` }, "openapi.json"))
    : null;
  const models = h("details", {}, h("summary", { word: "foot.models", put: { count: served.length } }),
    h("ul.models", {}, ...served.map(about)));
  return [models, h("p", { word: address ? "foot.stays" : "foot.stays.here" }), links].filter(Boolean);
}

function about({ name, description, bytes }) {
  const text = h("pre.card-text", { tabindex: "0" });
  const opened = async ({ target }) => {
    if (!target.open || text.textContent) return;
    try {
      text.textContent = (await card(name)).card;
    } catch (problem) {
      target.append(problemBox(problem));
    }
  };
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return h("li", {}, h("details", { on: { toggle: opened } },
    h("summary", {}, h("b", {}, name), ` ${description} `, h("small", {}, size)), text));
}

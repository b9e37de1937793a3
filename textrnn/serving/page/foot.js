/**
 * What stands below: the models, and the way to the service itself, where a link leads there (no
 * link sends a token).
 */

import { address, card, hasToken } from "./client.js";
import { h } from "./dom.js";
import { fromMarkdown } from "./markdown.js";
import { problemBox } from "./problems.js";

/** @param {import("./client.js").Model[]} served @returns {HTMLElement[]} */
export function foot(served) {
  const links =
    address && !hasToken()
      ? h(
          "p",
          h("a", { href: `${address}docs`, word: "foot.docs" }),
          " · ",
          h("a", { href: `${address}openapi.json` }, "openapi.json"),
        )
      : null;
  const models = h(
    "details",
    h("summary", { word: "foot.models", put: { count: served.length } }),
    h("ul.models", ...served.map(about)),
  );
  return [models, h("p", { word: address ? "foot.stays" : "foot.stays.here" }), links].filter(
    Boolean,
  );
}

function about({ name, description, bytes }) {
  const text = h("div.card");
  let isShown = false;
  const opened = async ({ target }) => {
    if (!target.open || isShown) return;
    try {
      text.replaceChildren(...fromMarkdown((await card(name)).card));
      isShown = true;
    } catch (problem) {
      text.replaceChildren(problemBox(problem));
    }
  };
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return h(
    "li",
    h(
      "details",
      { on: { toggle: opened } },
      h("summary", h("b", name), ` ${description} `, h("small", size)),
      text,
    ),
  );
}

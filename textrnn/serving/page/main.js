/** The page: a tab for each task that is served. */

import { models, onLoading, useToken } from "./client.js";
import { h } from "./dom.js";
import { foot } from "./foot.js";
import { NO_TOKEN } from "./problem.js";
import { problemBox } from "./problems.js";
import { showTabs } from "./tabs.js";
import { classify } from "./tabs/classify.js";
import { forecast } from "./tabs/forecast.js";
import { tag } from "./tabs/tag.js";
import { translate } from "./tabs/translate.js";
import { write } from "./tabs/write.js";
import { NAMES, currentLanguage, say, speak } from "./words.js";

const TABS = [classify, tag, write, translate, forecast];
const at = (id) => document.getElementById(id);

showLanguages();
speak(currentLanguage());
onLoading(({ model, loaded, total }) => {
  if (loaded < total)
    say(at("loading"), "loading", { model, percent: Math.floor((100 * loaded) / total) });
  else at("loading").replaceChildren();
});
await start();

/** Ask what is served, and show it; or say why it cannot be shown. */
async function start() {
  try {
    show(await models());
  } catch (problem) {
    const retry = h("button", { word: "retry", on: { click: start } });
    const way = problem.status === NO_TOKEN ? tokenForm() : retry;
    at("panels").replaceChildren(h("div.card", problemBox(problem), way));
  }
}

function show(served) {
  const shown = TABS.flatMap((tab) => {
    const its = served.filter((model) => model.task === tab.task);
    return its.length ? [{ id: tab.id, word: tab.word(its), panel: tab.panel(its) }] : [];
  });
  at("panels").replaceChildren();
  showTabs(at("tabs"), at("panels"), shown, { inAddress: true });
  at("foot").replaceChildren(...foot(served));
}

function tokenForm() {
  const field = h("input", { type: "password", id: "token", autocomplete: "off", required: true });
  const submit = (event) => {
    event.preventDefault();
    useToken(field.value);
    start();
  };
  return h(
    "form.row",
    { on: { submit } },
    h("label", { for: "token", word: "token" }),
    field,
    h("button.primary", { word: "token.use" }),
  );
}

function showLanguages() {
  const buttons = Object.entries(NAMES).map(([code, name]) =>
    h("button.language", { type: "button", lang: code, on: { click: () => choose(code) } }, name),
  );
  const choose = (code) => {
    speak(code);
    mark(code);
  };
  const mark = (code) =>
    buttons.forEach((button) => button.setAttribute("aria-pressed", button.lang === code));
  mark(currentLanguage());
  at("languages").append(...buttons);
}

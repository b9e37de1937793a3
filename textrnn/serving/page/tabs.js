/** Tabs, as the ARIA practices have them: arrows, Home and End move between them. */

import { h } from "./dom.js";

/**
 * Fill a list of tabs and their panels.
 *
 * @param {HTMLElement} list of role `tablist`
 * @param {HTMLElement} place where the panels go
 * @param {{id: string, word: string, panel: HTMLElement}[]} shown
 * @param {{inAddress?: boolean}} [options] whether the page's address tells which is chosen
 */
export function showTabs(list, place, shown, { inAddress = false } = {}) {
  const tabs = shown.map(({ id, word }) =>
    h("button", {
      type: "button",
      role: "tab",
      id: `${id}-tab`,
      "aria-controls": id,
      word,
      on: { click: () => choose(id) },
    }),
  );
  for (const { id, panel } of shown) {
    panel.id = id;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `${id}-tab`);
  }

  const choose = (id) => {
    tabs.forEach((tab, number) => {
      const isChosen = shown[number].id === id;
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      shown[number].panel.hidden = !isChosen;
    });
    if (inAddress) history.replaceState(null, "", `#${id}`);
  };

  list.addEventListener("keydown", (event) => {
    const now = tabs.indexOf(document.activeElement);
    const last = tabs.length - 1;
    const next = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (now < 0 || next === undefined) return;
    event.preventDefault();
    tabs[next].focus();
    choose(shown[next].id);
  });

  list.replaceChildren(...tabs);
  place.append(...shown.map(({ panel }) => panel));
  const named = () => shown.find(({ id }) => `#${id}` === location.hash)?.id;
  if (inAddress) addEventListener("hashchange", () => named() && choose(named()));
  if (shown.length) choose((inAddress && named()) || shown[0].id);
}

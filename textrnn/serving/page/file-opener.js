/** How a file comes to the page: it is opened by a button, or dropped. */

import { h } from "./dom.js";

/**
 * A button that opens files; they may also be dropped on what it stands in.
 *
 * @param {HTMLElement} place on which files may be dropped; the button is put at its end
 * @param {string} hint key of the words beside the button
 * @param {string} kinds of files, by their endings
 * @param {(file: File) => void} take
 */
export function addFileOpener(place, hint, kinds, take) {
  const chooser = h("input.unseen", {
    type: "file",
    accept: kinds,
    tabindex: "-1",
    label: "file.open",
    on: { change: () => chosen() },
  });
  const chosen = () => {
    if (chooser.files.length) take(chooser.files[0]);
    chooser.value = "";
  };
  const button = h("button.quiet", {
    type: "button",
    word: "file.open",
    on: { click: () => chooser.click() },
  });
  place.append(h("div.open", button, h("span.hint", { word: hint }), chooser));

  const over = (isOver) => place.classList.toggle("over", isOver);
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  place.addEventListener("dragleave", () => over(false));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
}

/** The little of Markdown that models' cards are written in; whatever else there is stays text. */

import { h } from "./dom.js";
import { heading, table } from "./table.js";

/** @param {string} text @returns {HTMLElement[]} headings, tables, code and paragraphs */
export function fromMarkdown(text) {
  const parts = [];
  const lines = text.split("\n");
  while (lines.length) {
    if (lines[0].startsWith("```")) parts.push(code(lines));
    else if (lines[0].startsWith("#")) parts.push(h("h4", lines.shift().replace(/^#+ /, "")));
    else if (lines[0].startsWith("|"))
      parts.push(tableOf(taken(lines, (line) => line.startsWith("|"))));
    else if (lines[0].trim()) parts.push(h("p", taken(lines, isPlain).join(" ")));
    else lines.shift();
  }
  return parts;
}

const isPlain = (line) => line.trim() && !/^(```|#|\|)/.test(line);

/** The lines at the beginning that are so, taken away. */
function taken(lines, isSo) {
  const end = lines.findIndex((line) => !isSo(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function code(lines) {
  lines.shift();
  const inside = taken(lines, (line) => !line.startsWith("```"));
  lines.shift();
  return h("pre", { tabindex: "0" }, inside.join("\n"));
}

function tableOf([head, , ...rows]) {
  const cells = (line) =>
    line
      .slice(1, line.lastIndexOf("|"))
      .split("|")
      .map((cell) => cell.trim());
  return table(
    cells(head).map((text) => heading({ text })),
    rows.map(cells),
  );
}

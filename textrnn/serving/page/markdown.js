/** The little of Markdown that models' cards are written in; whatever else there is stays text. */

import { h } from "./dom.js";
import { heading, scrolled, table } from "./table.js";

/** @param {string} text @returns {HTMLElement[]} headings, tables, lists, code and paragraphs */
export function fromMarkdown(text) {
  const parts = [];
  const lines = text.split("\n");
  while (lines.length) {
    if (lines[0].startsWith("```")) parts.push(code(lines));
    else if (lines[0].startsWith("#")) parts.push(h("h4", lines.shift().replace(/^#+ /, "")));
    else if (lines[0].startsWith("|")) parts.push(tableOf(taken(lines, isRow)));
    else if (lines[0].startsWith("- ")) parts.push(list(taken(lines, isItem)));
    else if (lines[0].trim()) parts.push(h("p", ...inline(taken(lines, isPlain).join(" "))));
    else lines.shift();
  }
  return parts;
}

const isRow = (line) => line.startsWith("|");
const isItem = (line) => /^(- |\s+\S)/.test(line);
const isPlain = (line) => line.trim() && !/^(```|#|\||- )/.test(line);

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

function list(lines) {
  const items = lines.join("\n").slice("- ".length).split("\n- ");
  return h("ul", ...items.map((item) => h("li", ...inline(item))));
}

function tableOf([head, , ...rows]) {
  const cells = (line) =>
    line
      .slice(1, line.lastIndexOf("|"))
      .split("|")
      .map((cell) => cell.trim());
  const heads = cells(head).map((text) => heading({ text }));
  const shown = rows.map((row) => cells(row).map((cell) => h("span", ...inline(cell))));
  return scrolled(table(heads, shown));
}

/** Words, those that are bold, and code. */
function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (/^\*\*.+\*\*$/.test(part)) return h("b", part.slice(2, -2));
    return /^`.+`$/.test(part) ? h("code", part.slice(1, -1)) : part;
  });
}

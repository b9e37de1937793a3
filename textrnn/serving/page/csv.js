/** Comma-separated values (RFC 4180), also with tabs, semicolons or bars in place of commas. */

import { refused } from "./refused.js";

/** What ends a line, as Windows, Unix and old Macs write it. */
export const LINE_END = /\r\n|\r|\n/;
const FORMULA = /^[=+\-@\t\r]/; // begins what spreadsheets run
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // which they show as it is

/**
 * @param {string} text
 * @returns {string[][]} rows of fields; blank lines are left out
 * @throws {Problem} where a quote is not closed
 */
export function parseCsv(text) {
  const delimiter = delimiterOf(text);
  const rows = [];
  let row = [],
    field = "",
    quoted = false,
    opened = 0; // where the last quote began
  const endField = () => (row.push(field), (field = ""));
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (char === '"' && field === "") [quoted, opened] = [true, i];
    else if (char === delimiter) endField();
    else if (char === "\n" || char === "\r") endRow();
    else field += char;
  }
  if (quoted) {
    const line = text.slice(0, opened).split(LINE_END).length;
    throw refused("file.quote", { line });
  }
  if (field !== "" || row.length) endRow();
  return rows;
}

/** A name that two columns have, blanks aside; undefined where each has its own, or none. */
export function twice(names) {
  const trimmed = names.map((name) => name.trim());
  return trimmed.find((name, i) => name && trimmed.indexOf(name) < i);
}

/** The delimiter that the first line has most of. @param {string} text @returns {string} */
export function delimiterOf(text) {
  const first = text.split(LINE_END, 1)[0];
  const count = (char) => first.split(char).length;
  return [",", "\t", ";", "|"].reduce((best, char) => (count(char) > count(best) ? char : best));
}

/** A cell that a spreadsheet does not run: a ' stands before what it would take for a formula. */
export function guarded(cell) {
  const text = String(cell ?? "");
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : cell;
}

/**
 * @param {unknown[][]} rows
 * @returns {string}
 */
export function writeCsv(rows) {
  const quoted = (value) => {
    const text = String(value ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

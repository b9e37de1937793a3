/** Comma-separated values (RFC 4180), also with tabs or semicolons in place of commas. */

import { refused } from "./refused.js";

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
    else if (char === "\n") endRow();
    else if (char !== "\r" || text[i + 1] !== "\n") field += char;
  }
  if (quoted) {
    const line = text.slice(0, opened).split("\n").length;
    throw refused("file.quote", { line });
  }
  if (field !== "" || row.length) endRow();
  return rows;
}

/** The delimiter that the first line has most of. @param {string} text @returns {string} */
export function delimiterOf(text) {
  const first = text.split("\n", 1)[0];
  const count = (char) => first.split(char).length;
  return [",", "\t", ";"].reduce((best, char) => (count(char) > count(best) ? char : best));
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

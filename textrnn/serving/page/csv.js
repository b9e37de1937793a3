/** Comma-separated values (RFC 4180), also with tabs, semicolons or bars in place of commas. */

import { refused } from "./refused.js";

/** What ends a line, as Windows, Unix and old Macs write it. */
export const LINE_END = /\r\n|\r|\n/;
// Names by which a header is known, as the command line has them.
const KNOWN =
  /^ *"?(text|sentence|review|content|label|sentiment|class|category|labels|probabilities|id|title|date|name)"? *$/i;
const FORMULA = /^[=+\-@\t\r]/; // begins what spreadsheets run
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // which they show as it is

/**
 * The rows of a table; blank lines are left out, and a line `sep=;` before them, which says what
 * divides their cells.
 *
 * @param {string} text
 * @returns {(string[] & {line: number})[]} rows of fields, each with the line on which it begins
 * @throws {Problem} where a quote is not closed, or something follows one within its cell
 */
export function parseCsv(text) {
  const { body, begin, delimiter } = dialectOf(text);
  const rows = [];
  let row = [];
  let rowBegin = begin;
  let line = lineEnds(body.slice(0, begin)) + 1;
  for (let at = begin; at < body.length; ) {
    const { cell, end } = cellAt(body, at, delimiter);
    row.push(cell);
    at = end + 1;
    if (body[end] === delimiter && at < body.length) continue;
    if (body[end] === delimiter) row.push("");
    const isQuoted = rows[0]?.length === 1 && body.slice(rowBegin, end).trim(); // an empty text
    if (row.length > 1 || row[0].trim() || isQuoted) rows.push(Object.assign(row, { line }));
    line += lineEnds(body.slice(rowBegin, at));
    [row, rowBegin] = [[], at];
  }
  return rows;
}

const lineEnds = (text) => text.split("\n").length - 1;

/**
 * A cell and where it ends. A quoted one, blanks around its quotes or not, may hold delimiters, line
 * ends and doubled quotes; blanks before a quotation that is not all of a cell belong to it.
 */
function cellAt(text, at, delimiter) {
  const opening = matchAt(/ *"/y, text, at);
  if (opening) {
    const quoted = matchAt(/([^"]*(?:""[^"]*)*)"(?!")/y, text, at + opening[0].length);
    const place = (key) => refused(key, { line: lineEnds(text.slice(0, at)) + 1 });
    if (!quoted) throw place("file.quote");
    const after = at + opening[0].length + quoted[0].length;
    const end = endOf(text, after, delimiter);
    if (!text.slice(after, end).trim()) return { cell: quoted[1].replaceAll('""', '"'), end };
    if (opening[0] === '"') throw place("file.after");
    if (quoted[1].includes("\n")) throw place("file.quote");
  }
  const end = endOf(text, at, delimiter);
  return { cell: text.slice(at, end), end };
}

function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where the next delimiter or line end is. */
function endOf(text, at, delimiter) {
  let end = at;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n") end++;
  return end;
}

/** A name that two columns have, blanks aside; undefined where each has its own, or none. */
export function twice(names) {
  const trimmed = names.map((name) => name.trim());
  return trimmed.find((name, i) => name && trimmed.indexOf(name) < i);
}

/** The delimiter of a table's cells. @param {string} text @returns {string} */
export const delimiterOf = (text) => dialectOf(text).delimiter;

/** Whether the first line says what divides cells. @param {string} text @returns {boolean} */
export const saysDelimiter = (text) => dialectOf(text).isSaid;

/** A table with line ends of one kind, where its header begins, and what divides cells. */
function dialectOf(text) {
  const body = text.replace(/\r\n?/g, "\n");
  const begin = /^(?:[^\S\n]*\n)*/.exec(body)[0].length;
  const said = matchAt(/[ \t]*"?sep=(.)"?[ \t]*(?:\n|$)/iy, body, begin);
  if (said) return { body, begin: begin + said[0].length, delimiter: said[1], isSaid: true };
  const [header] = matchAt(/(?:[^"\n]|"[^"]*(?:"|$))*/y, body, begin);
  let [best, most] = [",", [0, 0]];
  for (const delimiter of [",", ";", "\t", "|"]) {
    const cells = header.replace(/"[^"]*"/g, (quoted) => quoted.replaceAll(delimiter, "")).split(delimiter);
    const known = cells.filter((cell) => KNOWN.test(cell));
    if (known.length > most[0] || (known.length === most[0] && cells.length > most[1])) {
      [best, most] = [delimiter, [known.length, cells.length]];
    }
  }
  return { body, begin, delimiter: best, isSaid: false };
}

/**
 * The rows below a header as wide as it is: some programs end a row with delimiters that the header
 * has not, or the header alone.
 *
 * @param {string[]} names of the columns
 * @param {string[][]} rows
 * @param {string} name of the file
 * @throws {Problem} where a row has more or fewer fields
 */
export function evenRows(names, rows, name) {
  const columnCount = names.length;
  const named = names.reduce((last, one, i) => (one.trim() ? i + 1 : last), 0);
  return rows.map((row) => {
    const { length: fields, line } = row;
    if (fields === columnCount) return row;
    const isWider = fields > columnCount && columnCount > 1 && !row.slice(columnCount).some(Boolean);
    const isNarrower = fields >= named && fields < columnCount;
    if (!isWider && !isNarrower) throw refused("file.ragged", { name, line, fields, columnCount });
    return Object.assign([...row, ...names.map(() => "")].slice(0, columnCount), { line });
  });
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

/** Rows of JSON: a record on each line, or an array of records. */

import { LINE_END } from "./csv.js";
import { refused } from "./refused.js";

/**
 * @param {string} text of a file
 * @param {string} name of the file
 * @returns {{columns: string[], rows: string[][], records: "lines" | "array"}} the columns are all
 *   keys of the records; none where each record is a text
 * @throws {Problem} where it is no JSON, or a record neither an object nor a text
 */
export function parseJsonRows(text, name) {
  const isArray = text.trimStart().startsWith("[");
  const [found, lines] = isArray ? [wholeArray(text, name)] : linesOf(text, name);
  const records = isArray ? "array" : "lines";
  if (found.every((record) => typeof record === "string")) {
    return { columns: [], rows: found.map((record) => [record]), records };
  }
  const odd = found.findIndex((record) => !record || typeof record !== "object" || Array.isArray(record));
  if (odd >= 0 && lines) throw refused("file.record.line", { name, line: lines[odd] });
  if (odd >= 0) throw refused("file.record", { name, row: odd + 1 });
  const columns = [...new Set(found.flatMap(Object.keys))];
  const rows = found.map((record) => columns.map((column) => shown(record[column])));
  return { columns, rows, records };
}

function wholeArray(text, name) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused("file.json", { name, told: error.message });
  }
}

/** The records, and the lines on which they stand. */
function linesOf(text, name) {
  const written = text.split(LINE_END);
  const lines = [...written.keys()].filter((i) => written[i].trim());
  const record = (i) => {
    try {
      return JSON.parse(written[i]);
    } catch (error) {
      throw refused("file.json.line", { name, line: i + 1, told: error.message });
    }
  };
  return [lines.map(record), lines.map((i) => i + 1)];
}

/** A value as a field: text as it is, all else as JSON. */
function shown(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

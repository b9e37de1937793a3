/** Files that the reader opens or drops, and those that the reader takes away. */

import { delimiterOf, parseCsv } from "./csv.js";
import { parseJsonRows } from "./json-rows.js";
import { refused } from "./refused.js";
import { currentLanguage } from "./words.js";

const MOST_BYTES = 20e6;
const TEXTS = /\.(txt|csv|tsv|text|md|json|jsonl|ndjson)$|^[^.]+$/i;

/**
 * @typedef {object} Table a file of rows
 * @property {string} name of the file
 * @property {string} text all of it
 * @property {string[]} columns their names: numbers from 0, as text, where there is no header;
 *   none where each row is a line
 * @property {string[][]} rows each with a field for each column
 * @property {string} [delimiter] of the fields of a CSV
 * @property {"lines" | "array"} [records] how records stand in a file of JSON
 * @property {boolean} [hasHeader] whether the file names its columns
 */

/**
 * Read a file; a CSV's first row is its header, unless it is the only one.
 *
 * @param {File} file
 * @returns {Promise<Table>}
 * @throws {Problem} where it is too large, no text, or its rows have not as many fields as its header
 */
export async function readTable(file) {
  const { name } = file;
  if (file.size > MOST_BYTES) throw refused("file.large", { name });
  const text = decoded(new Uint8Array(await file.arrayBuffer()), name);
  if (/\.(csv|tsv)$/i.test(name)) return { name, text, ...tableOf(text, name) };
  if (/\.(json|jsonl|ndjson)$/i.test(name)) return { name, text, ...recordsOf(text, name) };
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  if (!lines.length) throw refused("file.empty", { name });
  return { name, text, columns: [], rows: lines.map((line) => [line]) };
}

function recordsOf(text, name) {
  const found = parseJsonRows(text, name);
  if (!found.rows.length) throw refused("file.empty", { name });
  return { ...found, hasHeader: true };
}

function tableOf(text, name) {
  const [columns = [], ...rows] = parseCsv(text);
  if (!rows.length) {
    if (!columns.length || columns.some(isTextName)) throw refused("file.empty", { name });
    return withoutHeader({ columns, rows, delimiter: delimiterOf(text) });
  }
  const odd = rows.findIndex((row) => row.length !== columns.length);
  if (odd >= 0) {
    const [row, fields, columnCount] = [odd + 1, rows[odd].length, columns.length];
    throw refused("file.ragged", { name, row, fields, columnCount });
  }
  return { columns, rows, delimiter: delimiterOf(text), hasHeader: true };
}

/** The same table, whose first row is no header. @param {Table} table @returns {Table} */
export function withoutHeader({ columns, rows, ...table }) {
  const numbers = columns.map((_, i) => String(i)); // as the command line counts them
  return { ...table, columns: numbers, rows: [columns, ...rows], hasHeader: false };
}

/** UTF-8; or else what such files are in where the reader lives. */
function decoded(bytes, name) {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isText = TEXTS.test(name) && (wide || !bytes.includes(0));
  if (!isText) throw refused("file.other", { name });
  const others = currentLanguage() === "zh" ? ["gb18030"] : ["windows-1252"];
  for (const encoding of wide ? ["utf-16le"] : ["utf-8", ...others]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // of another encoding
    }
  }
  throw refused("file.encoding", { name });
}

const TEXT_COLUMNS = ["text", "sentence", "review", "content"]; // as the command line looks for
const isTextName = (column) => TEXT_COLUMNS.includes(column.trim().toLowerCase());

/**
 * The number of the column that is most likely the text: by its name, or else the longest.
 *
 * @param {Table} table with columns
 * @returns {number} from 0
 */
export function textColumn({ columns, rows }) {
  const named = columns.findIndex(isTextName);
  if (named >= 0) return named;
  const lengths = columns.map((_, i) =>
    rows.slice(0, 100).reduce((sum, row) => sum + (row[i] ?? "").length, 0),
  );
  return lengths.indexOf(Math.max(...lengths));
}

/** Give the reader a file of the page's own making. */
export function download(name, content) {
  const link = document.createElement("a");
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  link.href = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

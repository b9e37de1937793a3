/** Files that the reader opens or drops, and those that the reader takes away. */

import {
  LINE_END, delimiterOf, evenRows, guarded, parseCsv, saysDelimiter, twice, writeCsv,
} from "./csv.js";
import { decoded } from "./encodings.js";
import { parseJsonRows } from "./json-rows.js";
import { refused } from "./refused.js";

const MOST_BYTES = 20e6;
const TEXTS = /\.(txt|csv|tsv|text|md|json|jsonl|ndjson)$|^[^.]+$/i;
// What is told of other files by the words' keys.
const OTHERS = {
  "file.sheet": /\.(xlsx?|xlsm|ods|numbers)$/i,
  "file.document": /\.(docx?|odt|pdf|rtf|pages|epub)$/i,
  "file.parquet": /\.parquet$/i,
  "file.packed": /\.(gz|xz|bz2|zst|zip|7z|tar)$/i,
};

/**
 * @typedef {object} Table a file of rows
 * @property {string} name of the file
 * @property {string} text all of it
 * @property {string} encoding as Python calls it
 * @property {boolean} isGuessed whether the file does not tell its encoding
 * @property {string[]} columns their names: numbers from 0, as text, where there is no header;
 *   none where each row is a line
 * @property {string[][]} rows each with a field for each column
 * @property {string} [delimiter] of the fields of a CSV
 * @property {boolean} [hasDivider] whether a line `sep=;` stands before them
 * @property {"lines" | "array"} [records] how records stand in a file of JSON
 * @property {boolean} [hasHeader] whether the file names its columns
 */

/**
 * Read a file; a CSV's first row is its header, unless it is the only one, or has cells twice and
 * some that are no names.
 *
 * @param {File} file
 * @returns {Promise<Table>}
 * @throws {Problem} where it is too large, no text, two columns have one name, or its rows have not as
 *   many fields as its header
 */
export async function readTable(file) {
  const { name } = file;
  if (file.size > MOST_BYTES) throw refused("file.large", { name });
  const found = TEXTS.test(name) ? decoded(new Uint8Array(await file.arrayBuffer())) : null;
  if (!found) throw refused(kindOf(name), { name });
  return { name, ...found, ...rowsOf(found.text, name) };
}

function kindOf(name) {
  return Object.keys(OTHERS).find((key) => OTHERS[key].test(name)) ?? "file.other";
}

function rowsOf(text, name) {
  if (/\.(csv|tsv)$/i.test(name)) return tableOf(text, name);
  if (/\.(json|jsonl|ndjson)$/i.test(name)) return recordsOf(text, name);
  const lines = text.split(LINE_END).filter((line) => line.trim());
  if (!lines.length) throw refused("file.empty", { name });
  return { columns: [], rows: lines.map((line) => [line]) };
}

function recordsOf(text, name) {
  const found = parseJsonRows(text, name);
  if (!found.rows.length) throw refused("file.empty", { name });
  return { ...found, hasHeader: true };
}

function tableOf(text, name) {
  const [columns = [], ...uneven] = parseCsv(text);
  const dialect = { delimiter: delimiterOf(text), hasDivider: saysDelimiter(text) };
  if (!uneven.length) {
    if (!columns.length || columns.some(isTextName)) throw refused("file.empty", { name });
    return withoutHeader({ ...dialect, columns, rows: [] });
  }
  const column = twice(columns);
  if (column && !columns.some(isNoName)) throw refused("file.twice", { column });
  const table = { ...dialect, columns, rows: evenRows(columns, uneven, name), hasHeader: true };
  return column ? withoutHeader(table) : table;
}

/** The same table, whose first row is no header. @param {Table} table @returns {Table} */
export function withoutHeader({ columns, rows, ...table }) {
  const numbers = columns.map((_, i) => String(i)); // as the command line counts them
  return { ...table, columns: numbers, rows: [columns, ...rows], hasHeader: false };
}

const TEXT_COLUMNS = ["text", "sentence", "review", "content"]; // as the command line looks for
const LONG_NAME = 40; // what is longer is no name of a column
const isNoName = (column) => column.length > LONG_NAME || /^\d+$/.test(column.trim());
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

/**
 * Give the reader a CSV of the page's own making.
 *
 * @param {string} name of the file
 * @param {unknown[][]} rows
 * @returns {number} the cells that spreadsheets would run as formulas: a ' stands before them
 */
export function download(name, rows) {
  let count = 0;
  const safe = (cell) => {
    const found = guarded(cell);
    if (found !== cell) count++;
    return found;
  };
  const text = writeCsv(rows.map((row) => row.map(safe)));
  const link = document.createElement("a");
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return count;
}

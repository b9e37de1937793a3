/** Files that the reader opens or drops, and those that the reader takes away. */

import { parseCsv } from "./csv.js";
import { Problem } from "./problem.js";
import { currentLanguage, word } from "./words.js";

const MOST_BYTES = 20e6;

/**
 * @typedef {{name: string, text: string, columns: string[], rows: string[][]}} Table a file of
 *   rows; `columns` is empty where each row is a line
 */

/** @param {File} file @returns {Promise<Table>} */
export async function readTable(file) {
  const { name } = file;
  if (file.size > MOST_BYTES) throw new Problem(413, word("file.large", { name }));
  const text = decoded(new Uint8Array(await file.arrayBuffer()), name);
  if (!/\.(csv|tsv)$/i.test(name)) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    return { name, text, columns: [], rows: lines.map((line) => [line]) };
  }
  const [columns = [], ...rows] = parseCsv(text);
  if (!rows.length) throw new Problem(422, word("file.empty", { name }));
  return { name, text, columns, rows };
}

/** UTF-8; or else what such files are in where the reader lives. */
function decoded(bytes, name) {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const others = currentLanguage() === "zh" ? ["gb18030"] : ["windows-1252"];
  for (const encoding of wide ? ["utf-16le"] : ["utf-8", ...others]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // of another encoding
    }
  }
  throw new Problem(422, word("file.encoding", { name }));
}

const TEXT_COLUMNS = ["text", "sentence", "review", "content"]; // as the command line looks for

/** The number of the column that is most likely the text: by its name, or else the longest. */
export function textColumn({ columns, rows }) {
  const named = columns.findIndex((column) => TEXT_COLUMNS.includes(column.toLowerCase()));
  if (named >= 0) return named;
  const lengths = columns.map((_, i) => rows.slice(0, 100).reduce((sum, row) => sum + (row[i] ?? "").length, 0));
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

/**
 * Have an element take a file that is dropped on it, and a button ask for one.
 *
 * @param {HTMLElement} place
 * @param {HTMLInputElement} chooser of type `file`
 * @param {(file: File) => void} take
 */
export function takeFiles(place, chooser, take) {
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
  chooser.addEventListener("change", () => {
    if (chooser.files.length) take(chooser.files[0]);
    chooser.value = "";
  });
}

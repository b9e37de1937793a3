/** What models say of a series by its entries, from 0: here by the lines of its table, from 1. */

import { Problem } from "./problem.js";

const ENTRY = /(?<=^series: |\b(?:of|in) )entry ([\d,]+)(?=:| too;|;)/g;

/**
 * @param {unknown} error
 * @param {number[]} lines of the table's rows
 * @returns {unknown} the same, where it is no problem of a row
 */
export function inLines(error, lines) {
  if (!(error instanceof Problem)) return error;
  const line = (told, entry) => {
    const found = lines[Number(entry.replaceAll(",", ""))];
    return found === undefined ? told : `line ${found.toLocaleString("en")}`; // a cell may say "entry 99"
  };
  return new Problem(error.status, error.detail.replace(ENTRY, line));
}

/** What a forecaster reads of a record: columns of numbers, and of times where there are some. */

import { InputError } from "../errors.js";
import { findColumns } from "./columns.js";
import { readTime, stepAfter } from "./steps.js";

/**
 * The end of a series, as long as a model's window.
 *
 * @param record columns by their names
 * @param manifest the model's
 * @returns `values`, a row of numbers for each step; and `times`, where there are some, with
 *   `after(steps)`, the time so many steps after the last
 * @throws {InputError} where columns are missing or too short, or a cell is no number or time
 */
export function readSeries(record, { network, serving }) {
  const found = findColumns(record, { network, serving });
  const columns = found.columns.map((name) => numbersOf(record, name));
  const [length] = columns.map((column) => column.length);
  if (columns.some((column) => column.length !== length)) {
    throw new InputError("series: columns of several lengths");
  }
  if (new Set(record[found.group] ?? []).size > 1) {
    throw new InputError("series: several groups, where one series was expected");
  }
  if (length < network.window) {
    throw new InputError(`series: ${length} steps; the model reads the last ${network.window}`);
  }
  const rows = Array.from({ length }, (_, t) => columns.map((column) => column[t]));
  return { values: rows.slice(-network.window), ...timesOf(record[found.time], network, serving) };
}

function numbersOf(record, name) {
  const column = record[name];
  column.forEach((cell, i) => {
    if (typeof cell !== "number" || !Number.isFinite(cell)) {
      throw new InputError(`series: row ${i + 1}: '${cell}' in column '${name}' is no number`);
    }
  });
  return column;
}

function timesOf(cells, network, serving) {
  if (!cells || !serving.step) {
    if (!network.calendar.length) return {};
    throw new InputError(`series: no times, of which the model reads ${network.calendar[0]}`);
  }
  const times = cells.map(readTime);
  const next = stepAfter(serving.step);
  for (let i = 1; i < times.length; i++) {
    if (next(times[i - 1], 1) !== times[i]) {
      throw new InputError(`series: row ${i + 1}: '${cells[i]}' is not ${serving.step} after '${cells[i - 1]}'`);
    }
  }
  const last = times.at(-1);
  return { times: times.slice(-network.window), after: (steps) => next(last, steps) };
}

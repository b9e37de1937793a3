/** What a forecaster reads of a record: columns of numbers, and of times where there are some. */

import { InputError } from "../errors.js";
import { findColumns } from "./columns.js";
import { readNumbers } from "./numbers.js";
import { shownTimes, stepAfter } from "./steps.js";
import { readTimes } from "./times.js";

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
  const lengths = Object.values(record).map((column) => column.length);
  if (new Set(lengths).size > 1) throw new InputError("series: columns of several lengths");
  const length = filledLength(Object.values(record));
  const cells = (name) => record[name].slice(0, length);
  const taken = Object.fromEntries(found.columns.map((name) => [name, cells(name)]));
  const columns = readNumbers(taken, found.columns);
  if (found.group && new Set(cells(found.group)).size > 1) {
    throw new InputError("series: several groups, where one series was expected");
  }
  const times = timesOf(found.time && cells(found.time), found.time, network, serving);
  refuseGaps(columns, found.columns);
  if (length < network.window) {
    throw new InputError(`series: ${length} steps; the model reads the last ${network.window}`);
  }
  const rows = Array.from({ length }, (_, t) => columns.map((column) => column[t]));
  return { values: rows.slice(-network.window), ...times };
}

/** How many rows there are, without empty ones at the end, as spreadsheets write them. */
function filledLength(columns) {
  let { length } = columns[0];
  while (length && columns.every((column) => column[length - 1] === "")) length--;
  return length;
}

function refuseGaps(columns, names) {
  const count = columns.flat().filter(Number.isNaN).length;
  if (!count) return;
  const row = columns[0].findIndex((_, t) => columns.some((column) => Number.isNaN(column[t])));
  const name = names[columns.findIndex((column) => Number.isNaN(column[row]))];
  const missing = `0 rows, ${count} other number${count === 1 ? "" : "s"}`;
  throw new InputError(
    `series: entry ${row.toLocaleString("en")}: no number under ${name} (missing in all: ${missing}); fill gaps with ` +
      "missing='interpolate' or missing='previous'",
  );
}

/** What is wrong with a time that does not come a step after the one before. */
function misplaced(times, row, step) {
  const [before, time] = [row - 1, row].map((i) => shownTimes([times[i]])[0]);
  const [other, place] = [row - 1, row].map((i) => `entry ${i.toLocaleString("en")}`);
  const tells = (what) => new InputError(`series: ${place}: ${time} ${what}`);
  if (times[row] > times[row - 1]) {
    return tells(`comes after ${before} in ${other}; expected steps of ${step}, as the model has`);
  }
  if (times[row] < times[row - 1]) {
    return tells(
      `is earlier than ${before} in ${other}; sort the rows by time, the oldest first, or name the ` +
        "column that tells several series apart with group=…",
    );
  }
  return tells(
    `is the time of ${other} too; where the file holds several series, name the column that tells ` +
      "them apart with group=…",
  );
}

function timesOf(cells, name, network, serving) {
  if (!cells || !serving.step) {
    if (!network.calendar.length) return {};
    const [part] = network.calendar;
    throw new InputError(`series: no times, of which the model reads ${part}; name their column with time=…`);
  }
  const times = readTimes(cells, name);
  const next = stepAfter(serving.step);
  for (let i = 1; i < times.length; i++) {
    if (next(times[i - 1], 1) !== times[i]) throw misplaced(times, i, serving.step);
  }
  const last = times.at(-1);
  return { times: times.slice(-network.window), after: (steps) => next(last, steps) };
}

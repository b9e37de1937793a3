/**
 * The times in a table's cells, ISO 8601 and what else spreadsheets and programs write, as
 * textrnn/corpora/series/times.py reads them; in milliseconds since 1970, without zones.
 */

import { InputError } from "../errors.js";

const CLOCK =
  String.raw`(?:[T ,]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<part>\d{1,9}))?)?` +
  String.raw` ?(?<half>[AaPp][Mm])?)?(?: ?(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?`;
const PATTERNS = [
  String.raw`(?<year>\d{4})(?:(?<mark>[-/.])(?<month>\d{1,2})(?:\k<mark>(?<day>\d{1,2}))?)?`,
  String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})`,
  String.raw`(?<year>\d{4})[- ]?Q(?<quarter>[1-4])`,
  String.raw`(?<year>\d{4})年(?:(?<month>\d{1,2})月(?:(?<day>\d{1,2})日)?)?`,
  String.raw`(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})`,
  String.raw`(?<day>\d{1,2})(?<mark>[-/ ])(?<name>[A-Za-z]{3,9})\.?,?\k<mark>(?<year>\d{4})`,
  String.raw`(?<name>[A-Za-z]{3,9})\.?[- /](?:(?<day>\d{1,2}),? )?(?<year>\d{4})`,
  String.raw`(?<first>\d{1,2})(?<mark>[-/])(?<next>\d{1,2})\k<mark>(?<year>\d{4})`,
].map((one) => new RegExp(`^${one}${CLOCK}$`));
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const [SECONDS, MILLISECONDS] = [1e8, 1e11]; // since 1970, from 1973 on

/**
 * The times of a column.
 *
 * @param {unknown[]} cells
 * @param {string} name of the column
 * @throws {InputError} where a cell holds no time, or days and months cannot be told apart
 */
export function readTimes(cells, name) {
  const isDayFirst = dayIsFirst(cells, name);
  const place = (row) => `series: entry ${row.toLocaleString("en")}: ${name}: '${cells[row]}'`;
  const times = cells.map((cell, row) => {
    const found = timeOf(cell, isDayFirst);
    if (found) return found;
    throw new InputError(`${place(row)} is no time, as 2020-01-31 or 2020-01-31 14:00`);
  });
  const bare = times.findIndex(({ offset }) => offset === undefined);
  if (bare >= 0 && times.some(({ offset }) => offset !== undefined)) {
    throw new InputError(`${place(bare)} has no offset from UTC, and other times have one`);
  }
  const isOne = times.every(({ offset }) => offset === times[0].offset);
  return times.map(({ time, offset }) => (isOne ? time : time - offset));
}

/** Whether a cell holds a time, in some way of writing. */
export const isTime = (cell) => Boolean(timeOf(cell, true) ?? timeOf(cell, false));

/** Whether the day comes first in `3/4/2020`. @throws {InputError} where both could */
function dayIsFirst(cells, name) {
  const halves = cells.map((cell) => PATTERNS.at(-1).exec(String(cell).trim())).filter(Boolean);
  if (!halves.length) return true;
  const isLong = (part) => halves.some(({ groups }) => Number(groups[part]) > 12);
  if (!isLong("first") && !isLong("next")) {
    throw new InputError(
      `series: ${name}: '${halves[0][0]}' may begin with its day or its month, and no row tells ` +
        "which; write dates as 2020-01-31",
    );
  }
  return isLong("first");
}

/** The time in a cell, and its offset from UTC where it has one; undefined where it holds none. */
function timeOf(cell, isDayFirst) {
  if (typeof cell !== "string" && !Number.isInteger(cell)) return undefined;
  const text = String(cell).trim();
  if (/^\d+$/.test(text) && text.length !== 8) return text.length < 15 ? counted(Number(text)) : undefined;
  for (const pattern of PATTERNS) {
    const match = pattern.exec(text);
    if (match) return dated(match.groups, isDayFirst);
  }
  return undefined;
}

/** A year, or seconds or milliseconds since 1970. */
function counted(number) {
  if (number >= 1000 && number < 3000) return { time: Date.UTC(number, 0) };
  if (number < SECONDS) return undefined;
  return { time: number < MILLISECONDS ? 1000 * number : number };
}

/** The time that the parts of a text tell; undefined where the calendar has no such. */
function dated(found, isDayFirst) {
  const number = (part, otherwise) => (found[part] === undefined ? otherwise : Number(found[part]));
  let [month, day] = [number("month", 1), number("day", 1)];
  if (found.name) month = MONTHS.indexOf(found.name.slice(0, 3).toLowerCase()) + 1;
  if (found.quarter) month = 3 * number("quarter") - 2;
  if (found.first) {
    [day, month] = [number("first"), number("next")];
    if (!isDayFirst) [day, month] = [month, day];
  }
  let hour = number("hour", 0);
  if (found.half) {
    const isPast = found.half.toLowerCase() === "pm";
    hour = hour >= 1 && hour <= 12 ? (hour % 12) + (isPast ? 12 : 0) : 24;
  }
  const [minute, second] = [number("minute", 0), number("second", 0)];
  if (!number("year") || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(number("year"), month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const milliseconds = Number(`${found.part ?? ""}000`.slice(0, 3));
  return { time: date.setUTCHours(hour, minute, second, milliseconds), offset: offsetOf(found.zone) };
}

/** Milliseconds of an offset from UTC. */
function offsetOf(zone) {
  if (!zone) return undefined;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [null, "+", "0", "0"];
  return (sign === "-" ? -60_000 : 60_000) * (60 * Number(hours) + Number(minutes));
}

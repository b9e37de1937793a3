/**
 * The step of a series' times, as textrnn/corpora/series/steps.py has it; in milliseconds since
 * 1970, without zones.
 */

const DAY = 86_400_000;
const CLOCK = { week: 7 * DAY, day: DAY, hour: 3_600_000, minute: 60_000, second: 1000, millisecond: 1 };

/** What follows a time by a number of steps, for a step as a model tells it: `15 minutes`. */
export function stepAfter(told) {
  const [, digits, unit] = /^(\d+) (.+?)s?$/.exec(told);
  const count = Number(digits);
  if (unit in CLOCK) return (time, steps) => time + steps * count * CLOCK[unit];
  if (unit === "business day") return (time, steps) => businessDay(time, steps * count);
  const months = unit === "year" ? 12 * count : count;
  return (time, steps) => monthsAfter(time, steps * months, unit === "month end");
}

function monthsAfter(time, months, isEnd) {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, isEnd ? last : Math.min(last, date.getUTCDate())) + clockOf(time);
}

function businessDay(time, days) {
  let found = time - Math.max(0, weekdayOf(time) - 4) * DAY; // of a week's end the Friday before
  for (let left = days; left; left--) found += (weekdayOf(found) === 4 ? 3 : 1) * DAY;
  return found;
}

const modulo = (value, size) => ((value % size) + size) % size; // from 0 on, of times before 1970 too
const clockOf = (time) => modulo(time, DAY);
const weekdayOf = (time) => modulo(Math.floor(time / DAY) + 3, 7); // 0 is Monday: 1970 began on a Thursday

/** Times of one column: all with the parts that one of them needs. */
export function shownTimes(times) {
  const fits = (unit) => times.every((time) => time % unit === 0);
  const end = fits(DAY) ? 10 : fits(60_000) ? 16 : fits(1000) ? 19 : 23;
  return times.map((time) => new Date(time).toISOString().slice(0, end).replace("T", " "));
}

// Each cycle of the calendar with what of it is over at a time, from 0 to below 1.
const PLACES = {
  minute: (time) => modulo(time, CLOCK.hour) / CLOCK.hour,
  hour: (time) => clockOf(time) / DAY,
  weekday: (time) => weekdayOf(time) / 7,
  monthday: (time) => (new Date(time).getUTCDate() - 1) / 31,
  yearday: (time) =>
    (Math.floor(time / DAY) - Date.UTC(new Date(time).getUTCFullYear(), 0) / DAY) / 366,
};

/** Sine and cosine of the place of a time in each cycle. */
export function calendarNumbers(time, names) {
  return names.flatMap((name) => {
    const angle = 2 * Math.PI * PLACES[name](time);
    return [Math.sin(angle), Math.cos(angle)];
  });
}

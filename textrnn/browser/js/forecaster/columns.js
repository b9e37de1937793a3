/** Which columns of a record a forecaster reads, as textrnn/corpora/series/columns.py finds them. */

import { InputError } from "../errors.js";
import { isNumber } from "./numbers.js";
import { isTime } from "./times.js";

const TIMES = ["time", "date", "datetime", "timestamp", "ds", "year", "quarter", "month", "week", "day"];

/**
 * The names that a record has for a model's columns: of `columns`, in their order, and of `time` and
 * `group`, where it has these.
 *
 * @throws {InputError} where a column is missing, or cannot be told from another
 */
export function findColumns(record, { network, serving }) {
  const time = named(record, serving.time) ?? timeColumn(record);
  const group = named(record, serving.group);
  const columns = [...network.targets, ...network.features].map((wanted) => {
    const found = named(record, wanted);
    if (found !== undefined) return found;
    throw new InputError(`series: no column '${wanted}'; there are: ${shown(Object.keys(record))}`);
  });
  const taken = [time, group, ...columns];
  const twice = columns.find((name) => taken.indexOf(name) !== taken.lastIndexOf(name));
  if (twice !== undefined) throw new InputError(`series: the column '${twice}' is named for two purposes`);
  return { columns, time, group };
}

/**
 * The first column that begins with a time; with a bare number only where its name is one of a time's.
 */
function timeColumn(record) {
  const usual = new Set(TIMES.map((name) => named(record, name)));
  const begins = (name) => isTime(record[name][0]) && (usual.has(name) || !isNumber(record[name][0]));
  return Object.keys(record).find(begins);
}

/** The name that a record has for a column, in whatever letters and blanks; undefined for none. */
function named(record, wanted) {
  if (!wanted || Object.hasOwn(record, wanted)) return wanted || undefined;
  const alike = Object.keys(record).filter((name) => folded(name) === folded(wanted));
  if (alike.length < 2) return alike[0];
  throw new InputError(
    `series: the column '${wanted}' may be any of ${shown(alike)}; name one of these`,
  );
}

const words = (name) => name.split(/[\p{White_Space}\x1c-\x1f]+/u).filter(Boolean).join(" ");
const folded = (name) => words(name).toUpperCase().toLowerCase(); // so that ß is ss, too
const shown = (names) => names.map(words).join(", ").slice(0, 200) || "none";

/**
 * The numbers in a table's cells, as spreadsheets of any country write them: `1,234.5` or `1.234,5`, as
 * textrnn/corpora/series/numbers.py reads them.
 */

import { InputError } from "../errors.js";

const GAPS = ["", "na", "n/a", "#n/a", "nan", "null", "none", "nat", "-", "?"];
const MOST = 1e30; // beyond, squares overflow
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BLANKS = "[ '’\u00a0\u202f]";
const GROUPS = { ".": ",", ",": "\\." };
const WRITTEN = Object.entries(GROUPS).map(([decimal, group]) => {
  const grouped = String.raw`(?=[${decimal}]?\d)(\d+|[1-9]\d{0,2}((${BLANKS}|${group})\d{3})+)?`;
  return [decimal, new RegExp(String.raw`^[+-]?${grouped}([${decimal}]\d*)?(e[+-]?\d+)?$`, "i")];
});

const trimmed = (cell) => cell.trim().replace("−", "-");
const isText = (cell) => typeof cell === "string";

/** Whether a cell holds no number because there is none. */
export const isGap = (cell) =>
  isText(cell) ? GAPS.includes(cell.trim().toLowerCase()) : cell === null || cell === undefined;

/** The marks before decimals with which a text is a number. */
function decimalsOf(cell) {
  const text = trimmed(cell);
  return WRITTEN.flatMap(([decimal, form]) => (form.test(text) ? [decimal] : []));
}

/** Whether a cell holds a number in some way of writing, or nothing. */
export const isNumber = (cell) =>
  isGap(cell) || (isText(cell) ? decimalsOf(cell).length > 0 : typeof cell === "number");

/**
 * The numbers of some columns of a record, NaN where a cell holds none.
 *
 * @param {Record<string, unknown[]>} record columns by their names
 * @param {string[]} names
 * @throws {InputError} where a cell holds something else, or the way of writing is unclear
 */
export function readNumbers(record, names) {
  const decimal = decimalOf(names.flatMap((name) => record[name].map((cell, row) => ({ cell, row, name }))));
  const read = (name) => (cell, row) => (isGap(cell) ? NaN : numberOf({ cell, row, name }, decimal));
  return names.map((name) => record[name].map(read(name)));
}

const placeOf = ({ row, name }) => `series: entry ${row.toLocaleString("en")}: ${name}`;

function numberOf(where, decimal) {
  const { cell } = where;
  let value = isText(cell) || typeof cell !== "number" ? NaN : cell;
  if (isText(cell)) {
    const text = trimmed(cell);
    if (decimal === "." && PLAIN.test(text)) value = Number(text);
    else if (decimalsOf(cell).includes(decimal)) {
      value = Number(text.replace(new RegExp(`${BLANKS}|${GROUPS[decimal]}`, "g"), "").replace(",", "."));
    }
  }
  if (Math.abs(value) <= MOST) return value;
  const more = Number.isFinite(value) ? " that can be reckoned with" : "";
  throw new InputError(`${placeOf(where)}: '${cell}' is no number${more}`);
}

/** The mark before decimals, by the cells that can be read in one way alone. */
function decimalOf(cells) {
  const texts = cells.filter(({ cell }) => isText(cell));
  const commas = texts.filter(({ cell }) => cell.includes(",") && isNumber(cell));
  if (!commas.length) return ".";
  const shown = new Map();
  for (const one of [...commas, ...texts.filter(({ cell }) => cell.includes("."))]) {
    const able = decimalsOf(one.cell);
    if (able.length === 1) shown.set(able[0], one);
  }
  if (shown.size === 1) return [...shown.keys()][0];
  const [first] = commas;
  if (shown.size) {
    const [comma, point] = [shown.get(","), shown.get(".")];
    throw new InputError(
      `${placeOf(comma)}: '${comma.cell}' has a decimal comma, '${point.cell}' a decimal point; ` +
        "write all numbers in one way",
    );
  }
  throw new InputError(
    `${placeOf(first)}: '${first.cell}' may have a decimal comma or one between thousands; say which ` +
      "with decimal=',' or decimal='.'",
  );
}

/** Numbers as they are shown. */

import { h } from "./dom.js";

/** A share of 1, with one digit after the point. */
export const percent = (share) => `${(100 * share).toFixed(1)}%`;

/** The same without digits after it. */
export const wholePercent = (share) => `${Math.round(100 * share)}%`;

/** A share of 1 as the length of a bar. */
export function bar(share) {
  return h("span.bar", { "aria-hidden": "true", style: { "--share": share } });
}

/** A number with about four digits that count. */
export function short(value) {
  return Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4)).toLocaleString();
}

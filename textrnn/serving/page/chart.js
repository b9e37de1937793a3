/** A forecast behind the end of its series, as SVG, drawn anew for each width. */

import { h, svg } from "./dom.js";
import { short } from "./numbers.js";

const HEIGHT = 260;
const EDGE = { top: 12, right: 12, bottom: 26, left: 52 };
const ROOM = 120; // for a time
const SHOWN = 4; // so many times the horizon of what is known

/**
 * @typedef {{time?: string, step?: number, forecast: number, lower?: number, upper?: number}} Step
 */

export class Chart {
  /**
   * @param {object} drawn
   * @param {string} drawn.target its name
   * @param {number[]} drawn.known the series
   * @param {Step[]} drawn.rows the steps that follow
   */
  constructor({ target, known, rows }) {
    this.rows = rows;
    this.known = known.slice(-Math.max(SHOWN * rows.length, 48));
    const all = [
      ...this.known,
      ...rows.flatMap(({ forecast, lower, upper }) => [forecast, lower, upper]),
    ];
    [this.low, this.high] = bounds(all.filter(Number.isFinite));
    this.told = h("p.told", { "aria-hidden": "true" });
    this.place = h("div.chart");
    this.element = h(
      "figure",
      h("div.chart-head", h("h3", target), this.told),
      this.place,
      h("figcaption", { word: "forecast.caption", put: { target, count: rows.length } }),
    );
    new ResizeObserver(([{ contentRect }]) => this.#draw(contentRect.width)).observe(this.place);
  }

  #draw(width) {
    if (width < EDGE.left + EDGE.right + 40 || width === this.width) return;
    this.width = width;
    const all = this.known.length + this.rows.length;
    const x = (i) => EDGE.left + (i / (all - 1)) * (width - EDGE.left - EDGE.right);
    const y = (value) =>
      EDGE.top + ((this.high - value) / (this.high - this.low)) * (HEIGHT - EDGE.top - EDGE.bottom);
    const at = (i) => x(this.known.length + i);
    const cursor = svg("line.cursor", { y1: EDGE.top, y2: HEIGHT - EDGE.bottom });
    const drawing = svg(
      "svg",
      { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img" },
      svg("title", { word: "forecast.picture" }),
      ...this.#grid(width, y),
      ...this.#times(at),
      this.#band(at, y),
      svg("path.known", { d: line(this.known.map((value, i) => [x(i), y(value)])) }),
      svg("path.forecast", { d: line(this.#joined().map(([i, value]) => [x(i), y(value)])) }),
      cursor,
    );
    drawing.addEventListener("pointermove", ({ offsetX }) => this.#tell(offsetX, at, cursor));
    drawing.addEventListener("pointerleave", () => this.#forget(cursor));
    this.place.replaceChildren(drawing);
  }

  /** The forecast with the last known step before it. */
  #joined() {
    const steps = this.rows.map(({ forecast }, i) => [this.known.length + i, forecast]);
    return this.known.length ? [[this.known.length - 1, this.known.at(-1)], ...steps] : steps;
  }

  #band(at, y) {
    if (this.rows[0].lower === undefined) return null;
    const above = this.rows.map(({ upper }, i) => [at(i), y(upper)]);
    const below = this.rows.map(({ lower }, i) => [at(i), y(lower)]).reverse();
    return svg("path.band", { d: `${line([...above, ...below])}Z` });
  }

  #grid(width, y) {
    return ticks(this.low, this.high).flatMap((value) => [
      svg("line.grid", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
      svg("text.tick", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, short(value)),
    ]);
  }

  /** Where the forecast begins, and when it ends; when it begins, too, where there is room. */
  #times(at) {
    const last = this.rows.length - 1;
    const hasRoom = Math.min(at(0), at(last) - at(0)) > ROOM;
    const label = (i) => {
      const { time, step } = this.rows[i];
      return svg(
        "text.tick",
        { x: at(i), y: HEIGHT - 6, "text-anchor": "end" },
        time ?? String(step),
      );
    };
    const begin = svg("line.begin", {
      x1: at(0),
      x2: at(0),
      y1: EDGE.top,
      y2: HEIGHT - EDGE.bottom,
    });
    return [begin, ...(hasRoom ? [label(0)] : []), label(last)];
  }

  #tell(offset, at, cursor) {
    const step = (at(this.rows.length - 1) - at(0)) / Math.max(this.rows.length - 1, 1);
    const i = Math.min(Math.max(Math.round((offset - at(0)) / step), 0), this.rows.length - 1);
    const { time, step: number, forecast, lower, upper } = this.rows[i];
    const between = lower === undefined ? "" : ` (${short(lower)} – ${short(upper)})`;
    this.told.textContent = `${time ?? number}: ${short(forecast)}${between}`;
    cursor.setAttribute("x1", at(i));
    cursor.setAttribute("x2", at(i));
    cursor.classList.add("on");
  }

  #forget(cursor) {
    this.told.replaceChildren();
    cursor.classList.remove("on");
  }
}

function line(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** A little more than what numbers lie between. */
function bounds(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

/** Round numbers, four to seven of them. */
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= 0.8 * rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

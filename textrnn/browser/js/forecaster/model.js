/** A forecaster: a series in, the steps that follow it out. */

import { InputError } from "../errors.js";
import { Baselines, repeat } from "./baselines.js";
import { deviation, Intervals, mean } from "./intervals.js";
import { readSeries } from "./series.js";
import { calendarNumbers, shownTimes } from "./steps.js";

const MOST_HORIZONS = 100; // of the model's own, that a forecast may go on
const LEAST_SPREAD = 1e-5; // of a window of scaled values
const LEVEL = 0.9;

export class Forecaster {
  /** The model of some files. */
  static async load(files, manifest, runtime) {
    const model = new Forecaster();
    model.manifest = manifest;
    model.network = manifest.network;
    model.scaling = manifest.serving.scaling;
    model.baselines = new Baselines(await files.arrays("baselines.npz"));
    const { quantiles } = manifest.network.head;
    model.intervals = new Intervals(await files.arrays("intervals.npz"), quantiles);
    model.point = Math.max(0, quantiles.indexOf(0.5)); // the median, where there are quantiles
    model.session = await runtime.load(await files.bytes("model.onnx"));
    return model;
  }

  /**
   * What a service answers for a record of columns.
   *
   * @param {Record<string, (string | number)[]>} record the columns by their names
   * @param {{horizon?: number, interval?: number | null}} [options]
   * @throws {InputError} where a column, a time or an option is wrong
   */
  async answer(record, { horizon, interval = LEVEL } = {}) {
    const series = readSeries(record, this.manifest);
    const steps = this.stepsAhead(horizon);
    const window = series.values.map((row) => row.map((value, c) => this.scaled(value, c)));
    const forecast = await this.goOn(window, series, steps);
    const targets = window.map((row) => row.slice(0, this.network.targets.length));
    const simple = Object.entries(this.baselines.forecasts(targets, steps));
    const bounds = interval === null ? {} : this.intervals.bounds(targets, forecast, interval);
    const point = forecast.map((row) => row.map((levels) => levels[this.point]));
    return {
      series: "series",
      times: series.after ? shownTimes(repeat(steps, (step) => series.after(step + 1))) : [],
      values: this.byTarget(point),
      ...Object.fromEntries(Object.entries(bounds).map(([name, rows]) => [name, this.byTarget(rows)])),
      simple: simple.map(([method, rows]) => ({ method, values: this.byTarget(rows) })),
    };
  }

  stepsAhead(horizon) {
    const most = MOST_HORIZONS * this.network.horizon;
    const steps = horizon ?? this.network.horizon;
    if (Number.isInteger(steps) && steps >= 1 && steps <= most) return steps;
    throw new InputError(`horizon must be from 1 to ${most}; received ${horizon}`);
  }

  scaled(value, column) {
    return (value - this.scaling.offset[column]) / this.scaling.scale[column];
  }

  /** Rows of scaled targets as lists of values in their own units, by target. */
  byTarget(rows) {
    const { offset, scale } = this.scaling;
    const columns = this.network.targets.map((name, k) => [name, rows.map((row) => row[k] * scale[k] + offset[k])]);
    return Object.fromEntries(columns);
  }

  /**
   * The network's levels of each target of each step that follows a window; where it gives fewer
   * steps it reads its own forecast as if it had happened, and features stay as they were last.
   */
  async goOn(window, series, steps) {
    const known = [...window];
    const found = [];
    while (found.length < steps) {
      const read = known.slice(-window.length);
      const calendar = this.calendar(series, found.length);
      const more = await this.run(read, calendar);
      const features = read.at(-1).slice(this.network.targets.length);
      for (const row of more) known.push([...row.map((levels) => levels[this.point]), ...features]);
      found.push(...more);
    }
    return found.slice(0, steps);
  }

  /** The calendar's numbers of a window that lies some steps after the series' own. */
  calendar({ times, after }, later) {
    const names = this.network.calendar;
    if (!names.length) return undefined;
    const ahead = repeat(later, (step) => after(step + 1));
    return [...times, ...ahead].slice(-this.network.window).map((time) => calendarNumbers(time, names));
  }

  /** One run of the network, of a window that it reads relative to its end or its mean. */
  async run(window, calendar) {
    const frame = window[0].map((_, c) => this.frame(window.map((row) => row[c])));
    const rows = window.map((row, t) => [
      ...row.map((value, c) => (value - frame[c].offset) / frame[c].spread),
      ...(calendar?.[t] ?? []),
    ]);
    const shape = [1, rows.length, rows[0].length];
    const { forecast } = await this.session.run({ windows: [Float32Array.from(rows.flat()), shape] });
    const targets = this.network.targets.length;
    const levels = Math.max(1, this.network.head.quantiles.length);
    return repeat(forecast.length / (targets * levels), (step) =>
      repeat(targets, (k) =>
        repeat(levels, (q) => {
          const value = forecast[(step * targets + k) * levels + q];
          return value * frame[k].spread + frame[k].offset;
        }),
      ),
    );
  }

  /** What a column of a window is less, and then divided by. */
  frame(values) {
    const { normalize } = this.network;
    if (normalize === "mean") {
      return { offset: mean(values), spread: Math.max(deviation(values), LEAST_SPREAD) };
    }
    return { offset: normalize === "last" ? values.at(-1) : 0, spread: 1 };
  }
}

/** How far off forecasts are, as textrnn/heads/forecaster/intervals.py has it. */

import { InputError } from "../errors.js";

const LEVELS = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99];
const SEASONS = 7; // of a window, the last, whose means tell how its level moves
const FEWEST_SEASONS = 4; // fewer means tell little
const LEAST_SPREAD = 1 / 16; // of the usual

export class Intervals {
  /**
   * @param arrays those of the bundle's `intervals.npz`
   * @param {number[]} quantiles the network's; none where it has none
   */
  constructor({ widths, usual, season }, quantiles) {
    Object.assign(this, { widths, usual, quantiles });
    this.season = season ? Number(season[0]) : 0;
  }

  /**
   * The bounds of a forecast, `lower` and `upper`, a row of targets for each step.
   *
   * @param window what it follows: scaled values
   * @param forecast the network's levels of each target of each step
   * @param {number} level the share of what comes that is to lie between
   */
  bounds(window, forecast, level) {
    if (!(LEVELS[0] <= level && level <= LEVELS.at(-1))) {
      throw new InputError(`interval must be from 0.5 to 0.99; received ${level}`);
    }
    const [lower, upper] = [[], []];
    const scales = forecast[0].map((_, k) => this.scale(window.map((row) => row[k]), k));
    forecast.forEach((targets, step) => {
      const both = targets.map((levels, k) => {
        const [low, high] = this.inner(levels, level);
        const width = this.width(level, step, k) * scales[k];
        const middle = (low + high) / 2; // all that is left where more is taken away than there was
        return [Math.min(low - width, middle), Math.max(high + width, middle)];
      });
      lower.push(both.map(([low]) => low));
      upper.push(both.map(([, high]) => high));
    });
    return { lower, upper };
  }

  /** The bounds that the network itself gives. */
  inner(levels, level) {
    if (!this.quantiles.length) return [levels[0], levels[0]];
    const found = [(1 - level) / 2, (1 + level) / 2].map((wanted) => {
      const [below, above, share] = between(this.quantiles, wanted);
      return levels[below] * (1 - share) + levels[above] * share;
    });
    return [Math.min(...found), Math.max(...found)];
  }

  /** What is added to either side; beyond the horizon it grows with the root of the time. */
  width(level, step, target) {
    const [, horizon, targets] = this.widths.shape;
    const [below, above, share] = between(LEVELS, level);
    const known = Math.min(step, horizon - 1);
    const at = (row) => this.widths[(row * horizon + known) * targets + target];
    return (at(below) * (1 - share) + at(above) * share) * Math.sqrt(Math.max(1, (step + 1) / horizon));
  }

  /** What widths are multiplied by: the root of how much a window moves, relative to the usual. */
  scale(values, target) {
    if (!this.usual) return 1;
    const count = this.season ? Math.min(SEASONS, Math.floor(values.length / this.season)) : 0;
    const levels = count >= FEWEST_SEASONS ? seasonMeans(values, this.season, count) : values;
    const relative = this.usual[target] > 0 ? deviation(levels) / this.usual[target] : 1;
    return Math.sqrt(Math.max(relative, LEAST_SPREAD));
  }
}

/** The places below and above a number among rising ones, and how far it lies between. */
function between(rising, wanted) {
  if (wanted <= rising[0]) return [0, 0, 0];
  const above = rising.findIndex((value) => value >= wanted);
  if (above < 0) return [rising.length - 1, rising.length - 1, 0];
  return [above - 1, above, (wanted - rising[above - 1]) / (rising[above] - rising[above - 1])];
}

function seasonMeans(values, season, count) {
  const last = values.slice(-count * season);
  return Array.from({ length: count }, (_, i) => mean(last.slice(i * season, (i + 1) * season)));
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

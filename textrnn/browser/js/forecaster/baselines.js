/** What simple methods forecast, as textrnn/heads/forecaster/baselines.py has them. */

export class Baselines {
  /** @param arrays those of the bundle's `baselines.npz` */
  constructor({ kernel, season }) {
    this.kernel = kernel;
    this.season = Number(season[0]);
  }

  /** By their names what methods forecast from a window, so many steps of its targets. */
  forecasts(window, steps) {
    const found = { "last value": repeat(steps, () => window.at(-1)) };
    const { season } = this;
    if (season > 0 && season <= window.length) {
      const count = Math.floor(window.length / season);
      const start = window.length - count * season;
      const at = (which, step) => window[start + which * season + (step % season)];
      found["season before"] = repeat(steps, (step) => at(count - 1, step));
      found["mean of seasons"] = repeat(steps, (step) =>
        window[0].map((_, k) => repeat(count, (which) => at(which, step)[k]).reduce((a, b) => a + b) / count),
      );
    }
    found.ridge = this.ridge(window, steps);
    return found;
  }

  ridge(window, steps) {
    const known = [...window];
    while (known.length < window.length + steps) {
      const read = known.slice(-window.length);
      const more = window[0].map((_, k) => this.goOn(read.map((row) => row[k]), k));
      for (let h = 0; h < more[0].length; h++) known.push(more.map((column) => column[h]));
    }
    return known.slice(window.length, window.length + steps);
  }

  /** What follows the numbers of a target, by its matrix. */
  goOn(read, target) {
    const [matrices, rows, horizon] = this.kernel.shape;
    const start = matrices > 1 ? target * rows * horizon : 0;
    const last = read.at(-1);
    return repeat(horizon, (h) => {
      const weight = (row) => this.kernel[start + row * horizon + h];
      return read.reduce((sum, value, w) => sum + (value - last) * weight(w), weight(rows - 1) + last);
    });
  }
}

export const repeat = (count, made) => Array.from({ length: count }, (_, i) => made(i));

/** How a text is to be written: the controls that a browser knows, and their bounds. */

import { InputError } from "../errors.js";

const DEFAULTS = {
  length: 200,
  temperature: 0.8,
  top_k: 0,
  top_p: 1,
  min_p: 0,
  form: "",
  rhyme: false,
  acrostic: "",
  random_state: undefined,
};
const BOUNDS = {
  length: [1, 100_000],
  temperature: [0, Number.MAX_VALUE],
  top_k: [0, Number.MAX_SAFE_INTEGER],
  top_p: [Number.MIN_VALUE, 1],
  min_p: [0, 1],
  random_state: [0, Number.MAX_SAFE_INTEGER],
};
const WHOLE = ["length", "top_k", "random_state"];

/** Controls by their names, those that are not given by default. */
export function chosenControls(given) {
  for (const name of Object.keys(given)) {
    if (!(name in DEFAULTS)) throw new InputError(`${name}: no control that a browser knows`);
  }
  const chosen = { ...DEFAULTS, ...given };
  chosen.random_state ??= crypto.getRandomValues(new Uint32Array(1))[0];
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = chosen[name];
    const fits = WHOLE.includes(name) ? Number.isSafeInteger(value) : typeof value === "number";
    if (!fits || !(least <= value && value <= most)) {
      throw new InputError(`${name} is out of range: ${value}`);
    }
  }
  return chosen;
}

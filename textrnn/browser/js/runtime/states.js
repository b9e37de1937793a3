/**
 * The states of recurrent layers, as the inputs of a graph name them.
 *
 * @param {{cell: string, units: number}[]} layers
 * @returns {{name: string, units: number}[]} an LSTM has two
 */
export function statesOf(layers) {
  return layers.flatMap(({ cell, units }, i) =>
    (cell === "lstm" ? ["h", "c"] : ["h"]).map((part) => ({ name: `state_${i}/${part}`, units })),
  );
}

/** The two graphs of a translator at work, as in heads/translator/searching.py. */

import { PAD, START } from "../generator/pieces.js";
import { statesOf } from "../runtime/states.js";
import { search } from "./search.js";

const [MOST_TIMES, MOST_MORE] = [3, 20]; // tokens that are written at most of a source's
const NEVER = [PAD, START]; // are written; onnxruntime-web takes no mask, an input with a value

export class Searcher {
  constructor(network, encoder, decoder) {
    Object.assign(this, { network, encoder, decoder });
    this.states = statesOf(network.decoders);
  }

  /** The best text of a source; see `search`. */
  async search(ids, { beam, ...how }) {
    const { network } = this;
    const lengths = [Int32Array.of(ids.length), [1]];
    const tokens = [Int32Array.from(ids), [1, ids.length]];
    const read = await this.encoder.run({ tokens, lengths });
    const keys = [read.keys, [1, read.keys.length / ids.length, ids.length]];
    const values = [read.values, [1, ids.length, read.values.length / ids.length]];
    const candidates = Math.min(beam + 1 + NEVER.length, network.vocabulary_size);
    const memory = {
      keys,
      values,
      lengths,
      candidates: [new BigInt64Array(candidates), [candidates]], // its length counts
      ...(network.head.copying ? { copied: tokens } : {}),
    };
    let states = this.first(read);
    const write = async (last, rows) => {
      const feeds = { ...memory, tokens: [Int32Array.from(last), [last.length]] };
      for (const { name, units, of } of states) feeds[name] = [gathered(of, rows, units), [rows.length, units]];
      const found = await this.decoder.run(feeds);
      states = states.map(({ name, units }) => ({ name, units, of: found[`new/${name}`] }));
      return last.map((_, row) => candidatesOf(found, row, candidates, ids.length));
    };
    const most = MOST_TIMES * ids.length + MOST_MORE;
    return search(write, { most, beam, ...how });
  }

  /** The states before the first token, of one row. */
  first(read) {
    const states = this.states.map(({ name, units }) => ({ name, units, of: read[`first/${name}`] }));
    const units = this.network.embedding.units;
    const fed = { name: "attentional", units, of: new Float32Array(units) };
    return this.network.head.input_feeding ? [...states, fed] : states;
  }
}

/** Some rows of an array; of one that has a single row, that one. */
function gathered(values, rows, units) {
  const found = new Float32Array(rows.length * units);
  rows.forEach((row, i) => {
    const start = values.length === units ? 0 : row * units;
    found.set(values.subarray(start, start + units), i * units);
  });
  return found;
}

/** What may come next in a row, but for tokens that are never written. */
function candidatesOf(found, row, count, length) {
  const part = (values, width) => Array.from(values.subarray(row * width, (row + 1) * width), Number);
  const tokens = part(found.next, count);
  const logs = part(found.log_probabilities, count);
  const places = [...tokens.keys()].filter((i) => !NEVER.includes(tokens[i]));
  const kept = places.slice(0, count - NEVER.length);
  return {
    tokens: kept.map((i) => tokens[i]),
    logs: kept.map((i) => logs[i]),
    attention: part(found.attention, length),
  };
}

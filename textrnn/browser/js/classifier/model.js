/** A classifier: texts in, labels with probabilities out. */

import { BagOfNgrams } from "./bag.js";
import { probabilities } from "./calibration.js";
import { readTokenizer } from "../text/reading.js";
import { weighedUnits } from "../text/units.js";
import { mergeAttention, mergeLogits, planWindows } from "../text/windows.js";

export class Classifier {
  /** The model of some files. */
  static async load(files, manifest, runtime) {
    const model = new Classifier();
    model.manifest = manifest;
    model.labels = manifest.labels;
    model.serving = manifest.serving;
    model.tokenizer = await readTokenizer(files, manifest);
    model.bag = manifest.files.includes("bag.npz") && new BagOfNgrams(await files.arrays("bag.npz"));
    model.session = await runtime.load(await files.bytes("model.onnx"));
    return model;
  }

  /** What a service answers for a text: all that it tells of it. */
  async answer(text, { abstain = 0 } = {}) {
    const tokens = this.tokenizer.encode(text);
    const windows = planWindows(tokens.ids.length, this.serving);
    const outputs = [];
    for (const [begin, end] of windows) {
      outputs.push(await this.read(tokens.ids.slice(begin, end)));
    }
    const logits = mergeLogits(outputs.map(({ logits }) => logits), windows);
    const scores = this.bag ? this.bag.scores(tokens.ids) : undefined;
    const shares = probabilities(logits, tokens.ids.length, scores, this.serving);
    const ranked = this.labels.map((label, i) => [label, shares[i]]).sort((a, b) => b[1] - a[1]);
    const [label, probability] = ranked[0];
    return {
      text,
      label: probability >= abstain ? label : "uncertain",
      probability,
      probabilities: Object.fromEntries(ranked),
      token_weights: weightsOf(text, tokens, outputs, windows),
      tokens: tokens.ids.length,
      windows: windows.length,
      answered_by: "network", // which reads every text here
    };
  }

  /** The network's logits for a window, and its attention where it has one. */
  async read(ids) {
    const tokens = Int32Array.from(ids.length ? ids : [0]);
    const { logits, attention } = await this.session.run({
      tokens: [tokens, [1, tokens.length]],
      lengths: [Int32Array.of(ids.length), [1]],
    });
    return { logits: Array.from(logits), attention: attention?.slice(0, ids.length) };
  }
}

/** The attention over a text's tokens; none where the network has none. */
function weightsOf(text, tokens, outputs, windows) {
  if (!outputs[0].attention) return [];
  const attention = mergeAttention(outputs.map((each) => each.attention), windows);
  return weighedUnits(text, tokens, attention);
}

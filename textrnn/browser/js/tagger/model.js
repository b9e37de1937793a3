/** A tagger: texts in, names with labels, places and probabilities out. */

import { readSimplifier } from "../text/reading.js";
import { planWindows } from "../text/windows.js";
import { findWords } from "../text/words.js";
import { Features } from "./features.js";
import { Gazetteer } from "./gazetteer.js";
import { joinedSpans, SpanDecoder } from "./spans.js";
import { WordVectors } from "./vectors.js";

export class Tagger {
  /** The model of some files. */
  static async load(files, manifest, runtime) {
    const { network, serving } = manifest;
    const graph = async (name) => runtime.load(await files.bytes(name));
    const has = (name) => manifest.files.includes(name);
    const tables = await files.arrays("tables.npz");
    const learned = {
      transitions: tables["crf/transitions"],
      start: tables["crf/start"],
      end: tables["crf/end"],
    };
    const model = new Tagger();
    model.manifest = manifest;
    model.features = new Features(await files.json("features.json"));
    model.simplify = await readSimplifier(files, manifest);
    model.decoder = new SpanDecoder(tagsOf(network.head), learned, serving.temperature);
    model.vectors = new WordVectors(
      model.features,
      tables,
      has("words.onnx") ? await graph("words.onnx") : undefined,
      has("gazetteer.npz")
        ? new Gazetteer(await files.arrays("gazetteer.npz"), network.gazetteer_kinds)
        : undefined,
    );
    model.session = await graph("model.onnx");
    return model;
  }

  /** What a service answers for a text. */
  async answer(text) {
    const chars = [...text];
    const offsets = findWords(text, this.features.level);
    const read = [...this.simplify(text)];
    const words = offsets.map(([start, end]) => read.slice(start, end).join(""));
    const windows = planWindows(words.length, this.manifest.serving);
    const spans = [];
    for (const [begin, end] of windows) spans.push(await this.spans(words.slice(begin, end)));
    const entities = joinedSpans(spans, windows).map(({ start: first, end: last, label, probability }) => {
      const [start, end] = [offsets[first][0], offsets[last - 1][1]];
      return { start, end, text: chars.slice(start, end).join(""), label, probability };
    });
    return { text, entities };
  }

  /** The best spans of some words. */
  async spans(words) {
    if (!words.length) return [];
    const rows = await this.vectors.lookUp(words);
    const units = rows[0].length;
    const features = new Float32Array(words.length * units);
    rows.forEach((row, i) => features.set(row, i * units));
    const { emissions } = await this.session.run({
      features: [features, [words.length, 1, units]],
      lengths: [Int32Array.of(words.length), [1]],
    });
    const tags = emissions.length / words.length;
    return this.decoder.spans(words.map((_, i) => Array.from(emissions.slice(i * tags, (i + 1) * tags))));
  }
}

/** The tags, in the order of the network's outputs. */
function tagsOf({ scheme, labels }) {
  const letters = scheme === "bioes" ? [..."BIES"] : [..."BI"];
  return ["O", ...labels.flatMap((label) => letters.map((letter) => `${letter}-${label}`))];
}

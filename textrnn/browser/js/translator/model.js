/** A translator: texts in, texts of another language out, with what each token looked at. */

import { InputError } from "../errors.js";
import { Pieces } from "../generator/pieces.js";
import { readSimplifier, readTokenizer } from "../text/reading.js";
import { cutLong, findSentences, isSpace } from "../text/sentences.js";
import { Searcher } from "./searching.js";
import { writeText } from "./writing.js";

const WITHOUT_BLANKS = ["zh", "ja", "lzh", "yue", "th"]; // whose sentences stand side by side
const MOST_TOKENS = 200; // of a piece, where the manifest does not say
const MOST_BEAM = 100;
const LINE_END = /[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/u;

export class Translator {
  /** The model of some files. */
  static async load(files, manifest, runtime) {
    const own = "source_tokenizer.json";
    const model = new Translator();
    model.manifest = manifest;
    model.tokenizer = await readTokenizer(files, manifest);
    model.source = manifest.files.includes(own) ? await readTokenizer(files, manifest, own) : model.tokenizer;
    model.simplify = await readSimplifier(files, manifest);
    model.pieces = new Pieces(model.tokenizer.model.ids, model.tokenizer.level);
    const graph = async (name) => runtime.load(await files.bytes(name));
    model.searcher = new Searcher(manifest.network, await graph("encoder.onnx"), await graph("decoder.onnx"));
    return model;
  }

  /**
   * What a service answers for a text.
   *
   * @param {string} text
   * @param {{beam?: number, length_penalty?: number, length_reward?: number}} [options] lengths as
   *   fits the model, by default
   * @throws {InputError} where the beam is none
   */
  async answer(text, { beam = 5, ...asked } = {}) {
    const { length_penalty: lengthPenalty = 1, length_reward: lengthReward = 0 } = {
      ...this.manifest.serving,
      ...asked,
    };
    if (!(Number.isInteger(beam) && beam >= 1 && beam <= MOST_BEAM)) {
      throw new InputError(`beam must be from 1 to ${MOST_BEAM}; received ${beam}`);
    }
    const chars = [...text];
    const parts = [];
    const alignment = [];
    let [end, length, score, sentences] = [0, 0, 0, 0];
    for (const piece of this.cut(text, chars)) {
      const own = await this.translated(piece, chars, { beam, lengthPenalty, lengthReward });
      const between = this.between(chars.slice(end, piece.start).join(""), parts.length > 0);
      length += [...between].length;
      alignment.push(...aligned(own, piece, length));
      parts.push(between, own.text);
      length += [...own.text].length;
      end = piece.end;
      if (piece.ids.length) {
        score += own.score;
        sentences++;
      }
    }
    const translation = [...parts, chars.slice(end).join("")].join("");
    return { text, translation, score: score / Math.max(sentences, 1), alignment };
  }

  /** A piece's translation; of one without tokens itself. */
  async translated({ start, end, ids, starts, ends, isClosed }, chars, how) {
    if (!ids.length) return { text: chars.slice(start, end).join(""), places: [], looked: [], score: 0 };
    const found = await this.searcher.search(ids, how);
    const words = starts.map((from, i) => this.simplify(chars.slice(from, ends[i]).join("")));
    return { ...writeText(found, words, this.pieces, isClosed), looked: found.looked, score: found.score };
  }

  /** What stands before a sentence: line ends are kept; else what the language has there. */
  between(blanks, isLater) {
    if (!isLater || LINE_END.test(blanks)) return blanks;
    return WITHOUT_BLANKS.includes(this.manifest.serving.target_language) ? "" : " ";
  }

  /** The sentences of a text, or parts of long ones, with their tokens. */
  cut(text, chars) {
    const { max_tokens: most = MOST_TOKENS, full_stop: fullStop = "" } = this.manifest.serving;
    return findSentences(text).flatMap(([start, end]) => {
      const sentence = chars.slice(start, end).join("");
      const isClosed = fullStop !== "" && /[\p{L}\p{N}]$/u.test(sentence);
      const tokens = this.source.encode(isClosed ? sentence + fullStop : sentence);
      if (!/\p{L}/u.test(sentence) || !tokens.ids.length) return [{ start, end, ids: [], starts: [], ends: [] }];
      const moved = {
        ids: tokens.ids,
        starts: tokens.starts.map((place) => Math.min(place + start, end)),
        ends: tokens.ends.map((place) => Math.min(place + start, end)),
      };
      const cuts = cutLong(chars, moved, most);
      const borders = [start, ...cuts.slice(1).map(([first]) => moved.starts[first]), end];
      const pieces = cuts.map((cut, i) => pieceOf(chars, moved, cut, borders[i], borders[i + 1]));
      pieces.at(-1).isClosed = isClosed;
      return pieces;
    });
  }
}

/** A part of a sentence, without the blanks at its ends. */
function pieceOf(chars, { ids, starts, ends }, [first, last], from, to) {
  while (first < last - 1 && isSpace(chars.slice(starts[first], ends[first]))) first++;
  while (from < to && isSpace([chars[from]])) from++;
  while (to > from && isSpace([chars[to - 1]])) to--;
  const part = (values) => values.slice(first, last);
  return { start: from, end: to, ids: part(ids), starts: part(starts), ends: part(ends) };
}

/**
 * Each token of a piece's translation with the token of the source that it looked at most; of a full
 * stop that was added, and of its translation, nothing is told.
 */
function aligned({ places, looked }, { starts, ends, isClosed }, begin) {
  const isTold = (start, end) => !isClosed || start < end;
  const sources = [...starts.keys()].filter((i) => isTold(starts[i], ends[i]));
  return [...places.entries()].flatMap(([i, [start, end]]) => {
    if (!isTold(start, end)) return [];
    const weights = sources.map((source) => Math.round(looked[i][source] * 1e4) / 1e4);
    const weight = Math.max(...weights);
    const source = sources[weights.indexOf(weight)];
    return [{
      start: start + begin,
      end: end + begin,
      source_start: starts[source],
      source_end: ends[source],
      weight,
    }];
  });
}

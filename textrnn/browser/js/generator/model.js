/** A generator: a seed in, a text out, a token at a time. */

import { InputError } from "../errors.js";
import { statesOf } from "../runtime/states.js";
import { readTokenizer } from "../text/reading.js";
import { chosenControls } from "./controls.js";
import { Dice } from "./dice.js";
import { Draft } from "./draft.js";
import { Pieces, START } from "./pieces.js";
import { distribution, draw, logProbability } from "./sampling.js";
import { ChineseScript } from "./script.js";
import { VerseForm } from "./verse.js";

const BLANKS = [..." \t\xa0\u1680\u202f\u205f\u2060\u3000\ufeff"];
for (let code = 0x2000; code < 0x200c; code++) BLANKS.push(String.fromCharCode(code));

export class Generator {
  /** The model of some files. */
  static async load(files, manifest, runtime) {
    const model = new Generator();
    model.manifest = manifest;
    model.tokenizer = await readTokenizer(files, manifest);
    model.pieces = new Pieces(model.tokenizer.model.ids, model.tokenizer.level);
    model.states = statesOf(manifest.network.encoders);
    if (manifest.files.includes("rhymes.json")) {
      const variants = await files.json("variants.json");
      const traditional = await files.json("traditional.json");
      model.script = new ChineseScript(model.pieces.ids, variants, traditional);
      model.rhymes = await files.json("rhymes.json");
    }
    model.session = await runtime.load(await files.bytes("model.onnx"));
    return model;
  }

  /** What a service answers for a seed. */
  async answer(seed, options = {}) {
    for await (const { answer } of this.write(seed, options)) if (answer) return answer;
  }

  /**
   * News of a text as it is written: `{piece}`, and at the end `{answer}`.
   *
   * @param {string} seed
   * @param {object} [options] see `chosenControls`
   * @throws {InputError} where an option is wrong, or the seed does not fit the form
   */
  async *write(seed, options = {}) {
    const controls = chosenControls(options);
    const draft = this.begun(seed, controls);
    const writer = this.script?.writer(seed, controls.acrostic);
    const dice = new Dice(controls.random_state);
    let states = this.blankStates();
    for (const id of [START, ...draft.ids].slice(0, -1)) ({ states } = await this.step(id, states));
    let continuation = "";
    while (!draft.finish) {
      const { logits, states: next } = await this.step(draft.ids.at(-1) ?? START, states);
      states = next;
      const added = writeOne(draft, logits, controls, dice);
      const piece = writer ? writer.write(added, draft.finish !== "") : added;
      continuation += piece;
      if (piece) yield { piece };
    }
    yield { answer: answerOf(seed, continuation, draft, controls.random_state) };
  }

  /** A draft that holds a seed alone, as the model reads it. */
  begun(given, controls) {
    const text = this.withLineEnds(given);
    const form = this.formOf(controls);
    if (form) form.check(text);
    if (form && controls.length < form.length) {
      throw new InputError(`length ${controls.length} is too short for ${form.name}, which takes ${form.length}`);
    }
    const seed = this.script ? this.script.read(text) : text;
    const beginsWithSpace = this.tokenizer.level === "bpe";
    const blanks = beginsWithSpace ? BLANKS : BLANKS.filter((blank) => !this.pieces.ids.has(blank));
    let end = seed.length;
    while (end && blanks.includes(seed[end - 1])) end--;
    const read = seed.slice(0, end);
    const isGiven = beginsWithSpace && read !== seed && read !== "" && !/[\r\n]$/.test(read);
    const rules = { length: controls.length, form };
    return new Draft(seed, this.tokenizer.encode(read).ids, this.pieces, rules, isGiven);
  }

  /** A text whose lines end as those that the model learned from, however they were ended. */
  withLineEnds(text) {
    return this.pieces.ids.has("\r") ? text : text.replace(/\r\n?/g, "\n");
  }

  /** The form that a text is to keep, or none. */
  formOf(controls) {
    if (!controls.form && !controls.rhyme && !controls.acrostic) return undefined;
    if (!this.script) throw new InputError("forms of verse need a model of Chinese characters");
    return new VerseForm(this.pieces.ids, this.rhymes, this.script, controls);
  }

  /** The states before any token. */
  blankStates() {
    return Object.fromEntries(this.states.map(({ name, units }) => [name, new Float32Array(units)]));
  }

  /** Read a token: the logits of the next one, and the new states. */
  async step(token, states) {
    const feeds = { tokens: [Int32Array.of(token), [1]] };
    for (const { name, units } of this.states) feeds[name] = [states[name], [1, units]];
    const outputs = this.states.map(({ name }) => `new/${name}`);
    const found = await this.session.run(feeds, ["logits", ...outputs]);
    const next = this.states.map(({ name }) => [name, found[`new/${name}`]]);
    return { logits: found.logits, states: Object.fromEntries(next) };
  }
}

/** Write one token of a draft, or end it; what was added to the text. */
function writeOne(draft, logits, controls, dice) {
  const masked = logits.slice();
  draft.mask(masked);
  if (draft.finish) return "";
  const shares = distribution(masked, controls);
  if (!shares.some((share) => share > 0)) {
    draft.finish = "blocked";
    return "";
  }
  const token = draw(shares, dice.roll());
  return draft.add(token, logProbability(logits, token));
}

function answerOf(seed, continuation, draft, randomState) {
  const each = -draft.logProbability / Math.max(draft.tokens, 1);
  return {
    text: seed + continuation,
    seed,
    continuation,
    tokens: draft.tokens,
    log_probability: draft.logProbability,
    perplexity: Math.exp(Math.min(each, 700)),
    finish: draft.finish,
    random_state: randomState,
  };
}

/** Chinese verse in a form, by ruling out tokens, as textrnn/heads/generator/verse.py does it. */

import { InputError } from "../errors.js";

// Verses, and characters in each; 0: as many as the model likes.
const FORMS = { 五绝: [4, 5], 七绝: [4, 7], 五律: [8, 5], 七律: [8, 7], free: [0, 0] };
const DIVIDER = /[，。？！；：、,.?!;:．｡､\n]|\\n/u;
const GOING_ON = [..."，？！；：、,.?!;:．｡､\n"]; // marks that do not end a poem
const BLANKS = /[ \t\r\u3000]/gu;
const ENDS = "。？！"; // after an even verse
const MIDDLES = "，？！；"; // after an odd one
const HAN = /^[\u3400-\u9fff\u{20000}-\u{3ffff}〇]$/u;
const LONG_VERSE = 7; // in free verse with rhymes: from here on every character rhymes
const MOST_ACROSTIC = 100;

/** A text cut into verses, at marks and line ends; blanks count for nothing. */
function cutVerses(text) {
  const bare = text.replace(BLANKS, "");
  const parts = bare.split(DIVIDER);
  const current = [...parts.pop()];
  const finished = parts.filter(Boolean).map((verse) => [...verse]);
  return { finished, current, atLineStart: bare.endsWith("\n") || bare.endsWith("\\n") };
}

export class VerseForm {
  /**
   * @param {Map<string, number>} ids of the characters
   * @param rhymes the JSON of `rhymes.json`: groups with their characters
   * @param script what simplifies
   * @param how `form`, `rhyme` and `acrostic`
   */
  constructor(ids, rhymes, script, { form, rhyme, acrostic }) {
    this.name = form || "free";
    this.script = script;
    if (!(this.name in FORMS)) throw new InputError(`form: one of ${Object.keys(FORMS).join(", ")}`);
    this.acrostic = [...script.plain(acrostic.replace(/\s/gu, ""))];
    [this.verses, this.characters] = FORMS[this.name];
    if (!this.acrostic.every((char) => HAN.test(char)) || (acrostic && !this.acrostic.length)) {
      throw new InputError(`acrostic takes Chinese characters alone; received '${acrostic}'`);
    }
    const most = this.verses || MOST_ACROSTIC;
    if (this.acrostic.length > most) {
      throw new InputError(`acrostic: ${this.acrostic.length} characters for ${most} verses`);
    }
    this.verses ||= this.acrostic.length;
    this.rhyme = rhyme;
    this.ids = ids;
    this.han = new Set([...ids].filter(([token]) => HAN.test(token)).map(([, id]) => id));
    const goingOn = new Set(GOING_ON.map((mark) => ids.get(mark)));
    this.closing = new Set([...ids.values()].filter((id) => !goingOn.has(id)));
    this.groupOf = new Map();
    for (const [group, chars] of Object.entries(rhymes)) {
      for (const char of chars) this.groupOf.set(char, group);
    }
    this.rhyming = new Map(); // group to the ids of its characters
    for (const [token, id] of ids) {
      const group = this.groupOf.get(token);
      if (group) this.rhyming.set(group, (this.rhyming.get(group) ?? new Set()).add(id));
    }
  }

  /** Characters, marks and line ends of a whole poem; 0 where the form does not say. */
  get length() {
    return this.characters ? this.verses * (this.characters + 1) + this.verses / 2 : 0;
  }

  /** See that a seed can begin such a poem. @throws {InputError} where it cannot */
  check(seed) {
    const { finished, current } = cutVerses(seed);
    const verses = current.length ? [...finished, current] : finished;
    const title = this.name === "free" ? "the acrostic" : this.name;
    if (this.verses && verses.length > this.verses) {
      throw new InputError(`the seed has ${verses.length} verses; ${title} has ${this.verses}`);
    }
    verses.forEach((verse, i) => this.checkVerse(verse, i, i < finished.length, title));
    const isFull = this.characters && current.length === this.characters;
    if (this.rhyme) this.checkRhymes(isFull ? verses : finished);
  }

  checkVerse(verse, i, isWhole, title) {
    const shown = `verse ${i + 1} of the seed, '${verse.join("")}'`;
    const wanted = this.characters;
    if (wanted && (verse.length > wanted || (isWhole && verse.length < wanted))) {
      throw new InputError(`${shown}, has ${verse.length} characters; ${title} has ${wanted}`);
    }
    if (wanted && !verse.every((char) => HAN.test(char))) {
      throw new InputError(`${shown}: ${title} takes Chinese characters`);
    }
    const begins = this.acrostic[i];
    if (begins && this.script.simplify(verse[0]) !== this.script.simplify(begins)) {
      throw new InputError(`${shown}, does not begin with '${begins}', as the acrostic asks`);
    }
  }

  checkRhymes(verses) {
    const ends = rhymed(verses);
    for (const char of ends) {
      if (!this.groupOf.has(char)) {
        throw new InputError(`the rhyme of '${char}' in the seed is not in the table`);
      }
      if (this.groupOf.get(char) !== this.groupOf.get(ends[0])) {
        throw new InputError(`'${ends[0]}' and '${char}' in the seed do not rhyme`);
      }
    }
  }

  /**
   * What may come after a text: the ids `allowed`, or all; a character that is `forced`; whether
   * the text `ends` here, and whether the model may end it, `mayEnd`.
   */
  turn(text) {
    const verses = cutVerses(text);
    const done = verses.finished.length;
    const length = verses.current.length;
    if (this.verses && done === this.verses && !length) return { ends: true, mayEnd: true };
    if (!length) return this.verseStart(done, verses.atLineStart);
    if (this.characters && length === this.characters) return { allowed: this.marks(done) };
    return this.withinVerse(verses);
  }

  verseStart(done, atLineStart) {
    if (done && done % 2 === 0 && !atLineStart) {
      if (this.characters || this.acrostic.length) return { forced: "\n" }; // a couplet a line
      return { mayEnd: true };
    }
    if (this.acrostic[done]) return { forced: this.acrostic[done] };
    return { allowed: this.verses ? this.han : undefined, mayEnd: !this.verses };
  }

  withinVerse({ finished, current }) {
    const done = finished.length;
    const isRhymed = this.rhyme && done % 2 === 1;
    if (this.characters) {
      const isLast = current.length === this.characters - 1;
      return { allowed: isRhymed && isLast ? this.rhymes(finished) : this.han };
    }
    if (!isRhymed) {
      // Of an acrostic the last verse ends the poem: no mark that goes on may come.
      const allowed = done + 1 === this.verses ? this.closing : undefined;
      return { allowed, mayEnd: !this.verses && !this.rhyme };
    }
    const fitting = this.rhymes(finished);
    const allowed = current.length >= LONG_VERSE - 1 ? fitting : this.han;
    return {
      allowed: fitting.has(this.ids.get(current.at(-1))) ? new Set([...allowed, ...this.marks(done)]) : allowed,
    };
  }

  /** The marks that may end a verse. */
  marks(done) {
    let marks = done % 2 === 0 ? MIDDLES : ENDS;
    if (done + 1 === this.verses && done % 2 === 0) marks = "。";
    return new Set([...marks].filter((mark) => this.ids.has(mark)).map((mark) => this.ids.get(mark)));
  }

  /**
   * The characters that rhyme with the first couplet and were no rhyme yet. Before there is a
   * couplet, those in a level tone that enough others rhyme with; of a rhyme that is used up, all.
   */
  rhymes(finished) {
    const ends = rhymed(finished);
    if (!ends.length) {
      const needed = Math.max(2, Math.floor(this.verses / 2));
      const level = [...this.rhyming].filter(([group, some]) => group.endsWith("平") && some.size >= needed);
      return new Set(level.flatMap(([, some]) => [...some]));
    }
    const rhyming = this.rhyming.get(this.groupOf.get(ends[0])) ?? new Set();
    const used = new Set(ends.map((char) => this.ids.get(char)));
    const fresh = new Set([...rhyming].filter((id) => !used.has(id)));
    return fresh.size ? fresh : rhyming;
  }
}

/** The last characters of the even verses. */
const rhymed = (verses) => verses.filter((_, i) => i % 2 === 1).map((verse) => verse.at(-1));

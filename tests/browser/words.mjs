/** Cuts texts into words, under Node: `node words.mjs < [levels, texts]`. */

import { text } from "node:stream/consumers";

import { findWords, wordKey, wordShape } from "../../textrnn/browser/js/text/words.js";

const [levels, texts] = JSON.parse(await text(process.stdin));
const looked = (chars, [start, end]) => {
  const word = chars.slice(start, end).join("");
  return { place: [start, end], key: wordKey(word), shape: wordShape(word) };
};
const found = levels.map((level) =>
  texts.map((given) => findWords(given, level).map((place) => looked([...given], place))),
);
process.stdout.write(JSON.stringify(found));

// Cuts texts by tokenizers, under Node: `node tokens.mjs < [{tokenizer, simplify, texts}, …]`.

import { text } from "node:stream/consumers";

import { simplifier } from "../../textrnn/browser/js/text/simplifying.js";
import { Tokenizer } from "../../textrnn/browser/js/text/tokenizer.js";

const found = JSON.parse(await text(process.stdin)).map(({ tokenizer, variants, texts }) => {
  const cutter = new Tokenizer(tokenizer, variants ? simplifier(variants) : undefined);
  return texts.map((text) => cutter.encode(text));
});
process.stdout.write(JSON.stringify(found));

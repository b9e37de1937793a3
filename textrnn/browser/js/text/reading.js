/** The tokenizer of a model's files. */

import { simplifier } from "./simplifying.js";
import { Tokenizer } from "./tokenizer.js";

/** The tokenizer, which reads traditional characters as simplified ones where the model does. */
export async function readTokenizer(files, manifest, name = "tokenizer.json") {
  const data = await files.json(name);
  return new Tokenizer(data, await readSimplifier(files, manifest));
}

/** What traditional characters are read as; by itself what it is given. */
export async function readSimplifier(files, manifest) {
  return manifest.serving.simplify ? simplifier(await files.json("variants.json")) : (text) => text;
}

// Answers by packed models, under Node: `node answers.mjs < [{folder, asked}, …]`, where each
// thing that is asked is an input and its options; what is refused is told as `{refused}`.

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

import * as ort from "onnxruntime-web/wasm";

import { InputError } from "../../textrnn/browser/js/errors.js";
import { loadModel } from "../../textrnn/browser/js/models.js";
import { Files } from "../../textrnn/browser/js/runtime/files.js";
import { Runtime } from "../../textrnn/browser/js/runtime/session.js";

const wasm = new URL(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
const runtime = new Runtime(ort, await readFile(wasm));
const refusal = (error) => {
  if (!(error instanceof InputError)) throw error;
  return { refused: error.message };
};
const found = [];
for (const { folder, asked } of JSON.parse(await text(process.stdin))) {
  const files = new Files(async (name) => new Uint8Array(await readFile(`${folder}/${name}`)));
  const model = await loadModel(files, runtime);
  const answers = [];
  for (const [input, options] of asked) answers.push(await model.answer(input, options).catch(refusal));
  found.push(answers);
}
process.stdout.write(JSON.stringify(found));

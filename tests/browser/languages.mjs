// The languages of texts, and the models of a page or site that read them, under Node:
// `node languages.mjs < {texts: [text, …], models: {name: [model, …], …}}`.

import { text } from "node:stream/consumers";

import { languageOf } from "../../textrnn/browser/js/text/language.js";
import { isForeign, modelFor } from "../../textrnn/serving/page/reading.js";

const { texts, models } = JSON.parse(await text(process.stdin));
const read = (some, language) => {
  const model = modelFor(some, language);
  return { name: model.name, isForeign: isForeign(language, model) };
};
const found = texts.map((one) => {
  const language = languageOf(one);
  return { language, read: models.map((some) => read(some, language)) };
});
process.stdout.write(JSON.stringify(found));

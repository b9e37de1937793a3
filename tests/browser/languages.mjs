// The languages of texts, and the models of a site that read them, under Node:
// `node languages.mjs < [text, …]`.

import { text } from "node:stream/consumers";

import { Site } from "../../textrnn/browser/js/site.js";
import { languageOf } from "../../textrnn/browser/js/text/language.js";

const site = new Site("");
const models = ["zh", "en"].map((language) => ({ name: language, task: "classifier", language }));
site.index = Promise.resolve({ models });
const found = JSON.parse(await text(process.stdin)).map(async (one) => {
  const language = languageOf(one);
  return { language, model: await site.nameFor("classifier", language) };
});
process.stdout.write(JSON.stringify(await Promise.all(found)));

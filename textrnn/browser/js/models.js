/** Models by their tasks. */

import { Classifier } from "./classifier/model.js";
import { Forecaster } from "./forecaster/model.js";
import { Generator } from "./generator/model.js";
import { Tagger } from "./tagger/model.js";
import { Translator } from "./translator/model.js";

const TASKS = {
  classifier: Classifier,
  forecaster: Forecaster,
  generator: Generator,
  tagger: Tagger,
  translator: Translator,
};

/** The model of some files, ready to answer. */
export async function loadModel(files, runtime) {
  const manifest = await files.json("model.json");
  return TASKS[manifest.task].load(files, manifest, runtime);
}

/** Models by their tasks. */

import { Classifier } from "./classifier/model.js";

const TASKS = { classifier: Classifier };

/** The model of some files, ready to answer. */
export async function loadModel(files, runtime) {
  const manifest = await files.json("model.json");
  return TASKS[manifest.task].load(files, manifest, runtime);
}

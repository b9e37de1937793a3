/** What the page asks, answered in the browser itself: it stands in place of a service's client. */

import { InputError } from "./js/errors.js";
import { languageOf } from "./js/text/language.js";
import { Site } from "./js/site.js";
import { Problem } from "./problem.js";

const site = new Site(document.baseURI);

/** There is no service. */
export const address = "";

/** The models of the site. */
export async function models() {
  return told(() => site.models());
}

/** A model's card; of the model nothing else is fetched. */
export async function card(name) {
  return told(() => site.card(name));
}

/** Answers, one for each input, in order. */
export async function answer(task, model, inputs, options = {}, signal) {
  const answers = [];
  for (const input of inputs) {
    signal?.throwIfAborted();
    answers.push(await told(() => answerOne(task, model, input, options)));
    await new Promise((resolve) => setTimeout(resolve)); // the page is drawn meanwhile
  }
  signal?.throwIfAborted();
  return answers;
}

async function answerOne(task, model, input, options) {
  const language = model || typeof input !== "string" ? null : languageOf(input);
  const asked = await site.model(model || (await site.nameFor(task, language)));
  return { ...(await asked.answer(input, options)), language };
}

/** A text as it is written: pieces, then the answer. */
export async function* write(model, seed, options = {}, signal) {
  const writer = await told(() => site.model(model));
  const news = writer.write(seed, options);
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = await told(() => news.next());
    if (done) return;
    yield value;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Tells how much of a model has been fetched. */
export function onLoading(listener) {
  site.onLoading = listener;
}

/** Nobody asks for a token here. */
export function useToken() {}

/** None is sent. */
export function hasToken() {
  return false;
}

/** What a function gives; what goes wrong there is told as a problem. */
async function told(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError) throw new Problem(422, error.message);
    throw error instanceof Problem ? error : new Problem(0, String(error.message ?? error));
  }
}

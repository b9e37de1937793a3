/**
 * Answers beside the page, which goes on meanwhile: one question after the other, each
 * `{id, ask, given}`; the reply is `{id, value}` or `{id, problem}`. `{stop: id}` gives a question up.
 */

import { Answering } from "./js/answering.js";
import { asProblem } from "./js/errors.js";
import { Site } from "./js/site.js";
import { modelFor } from "./reading.js";

const DEAF_MS = 50; // at most, until what the page says meanwhile is heard

const site = new Site(new URL("./", import.meta.url).href);
const answering = new Answering(site, modelFor, tellLoading, listen);
const waiting = new Set(); // the questions that somebody waits for
const texts = new Map(); // those being written, by the questions that began them
let last = Promise.resolve();
let current;
let heard = performance.now();

const WAYS = {
  answer: (id, given) => answering.answer(...given),
  begin: async (id, given) => void texts.set(id, await answering.write(...given)),
  next: (id, text) => texts.get(text).next(),
  end: (id, text) => void texts.delete(text),
};

addEventListener("message", ({ data: { id, ask, given, stop } }) => {
  if (stop) waiting.delete(stop);
  else {
    waiting.add(id);
    last = last.then(() => reply(id, ask, given));
  }
});

async function reply(id, ask, given) {
  current = id;
  if (!waiting.has(id)) return;
  try {
    postMessage({ id, value: await WAYS[ask](id, given) });
  } catch (error) {
    postMessage({ id, problem: asProblem(error) });
  }
  waiting.delete(id);
}

/** Hear what the page says; work ends here for which nobody waits any more. */
async function listen() {
  if (performance.now() - heard < DEAF_MS) return;
  await new Promise((resolve) => setTimeout(resolve));
  heard = performance.now();
  if (!waiting.has(current)) throw new Error("stopped");
}

function tellLoading(loading) {
  postMessage({ loading });
}

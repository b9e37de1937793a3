/**
 * What the page asks, answered in the browser itself, by a worker: it stands in place of a service's
 * client.
 */

import { asProblem } from "./js/errors.js";
import { keepOffline } from "./js/keeping.js";
import { Site } from "./js/site.js";
import { Problem } from "./problem.js";

const site = new Site(document.baseURI);
const isKept = keepOffline(site.address); // what is fetched from then on
const waiting = new Map(); // questions by their numbers
let asked = 0;
let worker;
let tellLoading = () => {};

/** There is no service. */
export const address = "";

/** The models of the site. */
export async function models() {
  return fetched(site.models());
}

/** A model's card; of the model nothing else is fetched. */
export async function card(name) {
  await isKept;
  return fetched(site.card(name));
}

/** Answers, one for each input, in order. */
export async function answer(task, model, inputs, options = {}, signal) {
  const answers = [];
  for (const input of inputs) {
    answers.push(await ask("answer", [task, model, input, options], signal).answered);
  }
  return answers;
}

/** A text as it is written: pieces, then the answer. */
export async function* write(model, seed, options = {}, signal) {
  const { id, answered } = ask("begin", [model, seed, options], signal);
  await answered;
  try {
    for (;;) {
      const { done, value } = await ask("next", id, signal).answered;
      if (done) return;
      yield value;
    }
  } finally {
    ask("end", id).answered.catch(() => {}); // where there is no worker any more
  }
}

/** Tells how much of a model has been fetched. */
export function onLoading(listener) {
  tellLoading = listener;
}

/** Nobody asks for a token here. */
export function useToken() {}

/** None is sent. */
export function hasToken() {
  return false;
}

/** Ask the worker; given up, the work stops. */
function ask(way, given, signal) {
  const id = ++asked;
  return { id, answered: reply(id, way, given, signal) };
}

async function reply(id, way, given, signal) {
  await isKept;
  signal?.throwIfAborted();
  worker ??= begun();
  const asking = worker;
  const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  const stop = () => {
    asking.postMessage({ stop: id });
    waiting.get(id)?.reject(signal.reason);
  };
  signal?.addEventListener("abort", stop);
  asking.postMessage({ id, ask: way, given });
  try {
    return await answered;
  } finally {
    signal?.removeEventListener("abort", stop);
    waiting.delete(id);
  }
}

/** A worker whose replies go to those who wait for them. */
function begun() {
  const found = new Worker(new URL("worker.js", site.address), { type: "module" });
  found.onmessage = ({ data: { id, value, problem, loading } }) => {
    if (loading) tellLoading(loading);
    else if (problem) waiting.get(id)?.reject(told(problem));
    else waiting.get(id)?.resolve(value);
  };
  found.onerror = ({ message }) => {
    worker = undefined; // the next question begins another
    for (const { reject } of waiting.values()) reject(told(asProblem(message ?? "worker.js")));
  };
  return found;
}

/** What is fetched; what goes wrong there is told as a problem. */
async function fetched(found) {
  try {
    return await found;
  } catch (error) {
    throw told(asProblem(error));
  }
}

const told = ({ status, detail }) => new Problem(status, detail);

/**
 * Asks the service that this page came from. All of the page's questions go through this module: a
 * page without a service has another one of the same exports in its place.
 *
 * @typedef {{name: string, task: string, path: string, language: string, labels: string[],
 *            bytes: number, description: string, [fact: string]: unknown}} Model and what a client must
 *   know of its task
 */

import { Problem, NOBODY } from "./problem.js";
import { serverSentEvents } from "./events.js";

/** Where the service is, with a slash at the end; empty where a page has none. */
export const address = new URL("./", document.baseURI).href;

const TOKEN = "textrnn-token"; // kept until the browser's tab is closed

/** @returns {Promise<Model[]>} what is served @throws {Problem} as all that asks here */
export async function models() {
  return (await (await request("v1/models")).json()).models;
}

/**
 * @param {string} name
 * @returns {Promise<Model & {licence: string, card: string}>} the model's card, in Markdown
 */
export async function card(name) {
  return (await request(`v1/models/${encodeURIComponent(name)}`)).json();
}

/**
 * @param {string} task as a Model has it
 * @param {string} model a name; empty: for each text that of its language
 * @param {(string | Record<string, (string | number)[]>)[]} inputs texts; a forecaster's are
 *   columns by their names
 * @param {object} options by the library's names
 * @param {AbortSignal} [signal]
 * @returns {Promise<object[]>} an answer for each, in order, as the service gives it; a
 *   classifier's has the weights of the tokens, too, where its mode is exact
 */
export async function answer(task, model, inputs, options = {}, signal) {
  const { path, input } = ROUTES[task];
  const body = { [input]: inputs, model, ...options };
  if (task === "classifier") {
    body.full = true;
    body.token_weights = options.mode === "exact"; // the network alone has some
  }
  return (await (await request(path, body, signal)).json()).answers;
}

/**
 * A text as it is written: `{piece}` again and again, and at the end `{answer}`.
 *
 * @param {string} model a name
 * @param {string} seed
 * @param {object} options by the library's names
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<{piece: string} | {answer: object}>}
 */
export async function* write(model, seed, options = {}, signal) {
  const body = { seed, model, stream: true, ...options };
  const response = await request("v1/generate", body, signal);
  for await (const { event, data } of serverSentEvents(response.body)) {
    if (event === "piece") yield { piece: data.piece };
    else if (event === "answer") yield { answer: data };
    else throw new Problem(data.status, data.detail);
  }
}

/** Models are loaded already: there is nothing to tell. */
export function onLoading() {}

/** @param {string} token for all that is asked from now on */
export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** Whether one is sent. */
export function hasToken() {
  return Boolean(sessionStorage.getItem(TOKEN));
}

const ROUTES = {
  classifier: { path: "v1/classify", input: "texts" },
  tagger: { path: "v1/tag", input: "texts" },
  translator: { path: "v1/translate", input: "texts" },
  forecaster: { path: "v1/forecast", input: "records" },
};

async function request(path, body, signal) {
  const headers = {};
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const sent = { method: body ? "POST" : "GET", headers, signal };
  if (body) sent.body = JSON.stringify(body);
  let response;
  try {
    response = await fetch(new URL(path, address), sent);
  } catch (error) {
    if (error instanceof TypeError) throw new Problem(NOBODY, "");
    throw error;
  }
  if (!response.ok) throw await problem(response);
  return response;
}

/** What a response says is wrong; a proxy's may be no JSON. */
async function problem(response) {
  try {
    return new Problem(response.status, (await response.json()).detail);
  } catch {
    return new Problem(response.status, response.statusText);
  }
}

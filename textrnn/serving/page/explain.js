/** Which words decided: each is left out once, and the answer compared. */

import { batches } from "./batches.js";
import { answer } from "./client.js";
import { h } from "./dom.js";
import { problemBox } from "./problems.js";

const MOST_PARTS = 80; // of a text; neighbours are left out together in longer ones
const NEXT_TO_CERTAIN = 1e-6;

/**
 * A button that becomes the explanation of a classifier's answer.
 *
 * @param {{text: string, label: string, probability: number, language: string}} found the answer
 * @param {string} model the name of the one that gave it
 * @returns {HTMLElement}
 */
export function explainButton(found, model) {
  const place = h("div.explained");
  const explain = async () => {
    button.disabled = true;
    try {
      place.replaceChildren(...shown(found, await wordWeights(found, model)));
    } catch (problem) {
      place.replaceChildren(button, problemBox(problem));
      button.disabled = false;
    }
  };
  const button = h("button.quiet", { type: "button", word: "explain", on: { click: explain } });
  place.append(button);
  return place;
}

/**
 * What the log-odds of the label lose when a word is left out: above 0 it speaks for the label.
 *
 * @returns {Promise<{text: string, weight: number | null}[]>} all of the text in pieces; what
 *   stands between words has no weight
 */
async function wordWeights({ text, label, probability, language }, model) {
  const pieces = cutIntoWords(text, language);
  const places = pieces.flatMap(({ weight }, i) => (weight === null ? [] : [i]));
  const without = places.map((left) =>
    pieces
      .filter((_, i) => i !== left)
      .map(({ text }) => text)
      .join(""),
  );
  const before = logOdds(probability);
  let done = 0;
  for (const batch of batches(without)) {
    for (const { probabilities } of await answer("classifier", model, batch)) {
      pieces[places[done++]].weight = before - logOdds(probabilities[label]);
    }
  }
  return pieces;
}

/** Words, or in a long text stretches of as many as it takes, and what stands between them. */
function cutIntoWords(text, language) {
  const words = [
    ...new Intl.Segmenter(language ?? undefined, { granularity: "word" }).segment(text),
  ];
  const together = Math.ceil(words.filter((word) => word.isWordLike).length / MOST_PARTS);
  const pieces = [];
  let taken = 0;
  for (const { segment, isWordLike } of words) {
    if (isWordLike && taken++ % together === 0) pieces.push({ text: segment, weight: 0 });
    else if (isWordLike || (taken % together && pieces.length)) pieces.at(-1).text += segment;
    else pieces.push({ text: segment, weight: null });
  }
  return pieces;
}

function logOdds(probability) {
  const p = Math.min(Math.max(probability, NEXT_TO_CERTAIN), 1 - NEXT_TO_CERTAIN);
  return Math.log(p / (1 - p));
}

function shown({ label: name, language }, pieces) {
  const label = [`label.${name}`];
  const most = Math.max(...pieces.map(({ weight }) => Math.abs(weight ?? 0)), NEXT_TO_CERTAIN);
  const marked = pieces.map(({ text, weight }) =>
    weight === null
      ? text
      : h(
          `span.${weight > 0 ? "for" : "against"}`,
          { style: { "--share": Math.abs(weight) / most }, title: weight.toFixed(2) },
          text,
        ),
  );
  const heaviest = (sign) =>
    pieces
      .filter(({ weight }) => weight * sign > most / 5)
      .sort((a, b) => sign * (b.weight - a.weight))
      .slice(0, 5)
      .map(({ text }) => text)
      .join(" · ");
  return [
    h("h3", { word: "explain.title" }),
    h("p.said", { lang: language }, ...marked),
    h("p.hint", { word: "explain.how", put: { label } }),
    h("p", { word: "explain.for", put: { label, words: heaviest(1) || "–" } }),
    h("p", { word: "explain.against", put: { label, words: heaviest(-1) || "–" } }),
  ];
}

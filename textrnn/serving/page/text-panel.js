/** The panel of a task that reads texts: one that is written, or the rows of a file. */

import { Asking } from "./asking.js";
import { answer } from "./client.js";
import { h } from "./dom.js";
import { elsewhere } from "./elsewhere.js";
import { foreignNote } from "./foreign.js";
import { modelSelect } from "./model-select.js";
import { isForeign } from "./reading.js";
import { refused } from "./refused.js";
import { answerRows } from "./rows.js";
import { fileCall, textCall } from "./text-calls.js";
import { TextField } from "./text-field.js";

/**
 * @typedef {object} TextTask
 * @property {string} task as models have it
 * @property {string} id of the panel
 * @property {string} verb key of the word on the button
 * @property {Record<string, string[]>} examples texts to try, by the languages of models
 * @property {(answer: object, model: string) => Node[]} show an answer in full
 * @property {(answer: object) => [string, object]} summary what is read out of it: words and what
 *   is put into them
 * @property {(answer: object) => Record<string, Node | string>} cells see `answerRows`
 * @property {(answer: object) => Record<string, unknown>} record see `answerRows`
 * @property {() => import("./text-calls.js").TextWay} way how it is asked elsewhere
 * @property {HTMLElement} [options] what else can be chosen
 * @property {object} [alone] how a text is asked that is written, by the library's names
 */

/**
 * @param {TextTask} task
 * @param {import("./client.js").Model[]} models
 * @returns {HTMLElement}
 */
export function textPanel(task, models) {
  const select = modelSelect(`${task.id}-model`, models);
  const asking = new Asking(task.verb, work);
  const languages = new Set(models.map(({ language }) => language));
  const examples = Object.entries(task.examples).flatMap(([code, texts]) =>
    languages.has(code) ? texts : [],
  );
  const field = new TextField(task.id, examples, () => asking.restart());
  const ask = (texts, signal, options = {}) =>
    answer(task.task, select.chosen(), texts, options, signal);

  async function work(asking, signal) {
    if (field.hasRows) {
      const isRowForeign = ({ language }) => isForeign(language, select.of(language));
      const rows = { ...task, field, isForeign: isRowForeign, ask: (texts) => ask(texts, signal) };
      await answerRows(rows, asking);
      asking.place.append(elsewhere(task.id, fileCall(task.way(), field, select.chosen())));
      return;
    }
    const [text] = field.texts;
    if (!text.trim()) throw refused("text.missing");
    const begun = performance.now();
    const [found] = await ask([text], signal, task.alone);
    asking.tell("answered", {
      what: task.summary(found),
      milliseconds: Math.round(performance.now() - begun),
    });
    const model = select.of(found.language);
    const way = task.way();
    const options = { ...way.options, ...task.alone };
    const call = textCall({ ...way, options }, text, model.name);
    const note = foreignNote("text.foreign", found.language, model);
    asking.show(...note, ...task.show(found, model.name), elsewhere(task.id, call));
  }

  return h(
    "section",
    h(
      "div.card",
      field.element,
      h("div.row", select.field, task.options, h("span.push"), asking.button),
    ),
    asking.status,
    asking.place,
  );
}

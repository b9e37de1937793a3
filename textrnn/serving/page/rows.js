/**
 * Answers to the rows of a file: a table that grows, and a file to take away. A row without a text
 * has none.
 */

import { batches } from "./batches.js";
import { h } from "./dom.js";
import { download } from "./files.js";
import { heading, scrolled, table } from "./table.js";
import { withoutEnding } from "./text-calls.js";
import { say, word } from "./words.js";

const SHOWN = 100; // rows

/**
 * @param {object} task
 * @param {import("./text-field.js").TextField} task.field which has a file
 * @param {(texts: string[]) => Promise<object[]>} task.ask
 * @param {(answer: object) => Record<string, Node | string>} task.cells what the table shows, by the
 *   keys of the words above its columns
 * @param {(answer: object) => boolean} task.isForeign whether its model reads another language
 * @param {(answer: object) => Record<string, unknown>} task.record what the file has, by its columns
 * @param {import("./asking.js").Asking} asking
 */
export async function answerRows({ field, ask, cells, record, isForeign }, asking) {
  const { texts, table: file } = field;
  const answers = [];
  const save = () => {
    const name = `${withoutEnding(file.name)}.answers.csv`;
    const records = answers.map((answer) => (answer ? record(answer) : {}));
    const count = download(name, rowsOf(file, records));
    if (count) asking.tell("rows.guarded", { count });
  };
  const button = h("button.quiet", { type: "button", word: "rows.download", on: { click: save } });
  const isLong = texts.length > SHOWN;
  const hint = h("span.hint", { word: "rows.some", put: { shown: SHOWN, count: texts.length } });
  const shown = table([], []);
  const note = h("p.hint.foreign");
  const foreign = []; // the languages of texts that their models do not read
  for (const batch of batches(texts)) {
    const written = batch.filter((text) => text.trim());
    const found = written.length ? await ask(written) : [];
    if (!answers.length) asking.show(scrolled(shown), h("p.row", button, isLong ? hint : null));
    for (const text of batch) {
      const answer = text.trim() ? found.shift() : null;
      answers.push(answer);
      if (answer && isForeign(answer)) foreign.push(answer.language);
      if (answers.length <= SHOWN) addRow(shown, answers.length, answer && cells(answer));
    }
    asking.tell("rows.done", { done: answers.length, count: texts.length });
    if (!foreign.length) continue;
    say(note, "rows.foreign", { count: foreign.length, languages: { codes: [...new Set(foreign)] } });
    asking.place.prepend(note);
  }
}

function addRow({ tHead, tBodies }, number, cells) {
  if (cells && !tHead.rows[0].cells.length) {
    const names = Object.keys(cells).map((word) => heading({ word }));
    tHead.rows[0].append(heading({ text: "#" }), ...names);
  }
  const shown = cells
    ? Object.entries(cells).map(([key, cell]) => h(key === "text" ? "td.text" : "td", cell))
    : [h("td.hint", { colspan: "9", word: "rows.textless" })];
  tBodies[0].append(h("tr", h("td.number", number.toLocaleString()), ...shown));
}

/** The rows that were answered, with the answers beside what they had. */
function rowsOf({ columns, rows }, records) {
  const added = [...new Set(records.flatMap(Object.keys))];
  const header = [...(columns.length ? columns : [word("text")]), ...added];
  const body = records.map((record, i) => [...rows[i], ...added.map((name) => record[name])]);
  return [header, ...body];
}

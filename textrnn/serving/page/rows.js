/** Answers to the rows of a file: a table that grows, and a file to take away. */

import { writeCsv } from "./csv.js";
import { h } from "./dom.js";
import { download } from "./files.js";
import { shares } from "./shares.js";
import { withoutEnding } from "./text-calls.js";
import { word } from "./words.js";

const SHOWN = 100; // rows

/**
 * @param {object} task
 * @param {import("./text-field.js").TextField} task.field which has a file
 * @param {(texts: string[]) => Promise<object[]>} task.ask
 * @param {(answer: object) => Record<string, Node | string>} task.cells what the table shows, by the
 *   keys of the words above its columns
 * @param {(answer: object) => Record<string, unknown>} task.record what the file has, by its columns
 * @param {import("./asking.js").Asking} asking
 */
export async function answerRows({ field, ask, cells, record }, asking) {
  const { texts, table } = field;
  const body = h("tbody");
  const head = h("tr", {}, h("th", { scope: "col" }, "#"));
  const answers = [];
  const save = () => download(`${withoutEnding(table.name)}.answers.csv`, csvOf(table, answers.map(record)));
  const button = h("button.quiet", { type: "button", word: "rows.download", on: { click: save }, hidden: true });
  asking.show(
    h("div.rows", { tabindex: "0", role: "region", label: "rows" }, h("table", {}, h("thead", {}, head), body)),
    h("p.row", {}, button, texts.length > SHOWN ? h("span.hint", { word: "rows.some", put: { shown: SHOWN, count: texts.length } }) : null),
  );
  try {
    for (const share of shares(texts)) {
      for (const answer of await ask(share)) {
        answers.push(answer);
        if (answers.length === 1) {
          head.append(...Object.keys(cells(answer)).map((key) => h("th", { scope: "col", word: key })));
        }
        if (answers.length <= SHOWN) body.append(tableRow(answers.length, cells(answer)));
      }
      asking.tell("rows.done", { done: answers.length, count: texts.length });
    }
  } finally {
    button.hidden = !answers.length; // what was answered before it broke off is not lost
  }
}

function tableRow(number, cells) {
  return h("tr", {}, h("td.number", {}, number.toLocaleString()),
    ...Object.entries(cells).map(([key, cell]) => h(key === "text" ? "td.text" : "td", {}, cell)));
}

/** The rows that were answered, with the answers beside what they had. */
function csvOf({ columns, rows }, records) {
  const added = [...new Set(records.flatMap(Object.keys))];
  const header = [...(columns.length ? columns : [word("text")]), ...added];
  const body = records.map((record, i) => [...rows[i], ...added.map((name) => record[name])]);
  return writeCsv([header, ...body]);
}

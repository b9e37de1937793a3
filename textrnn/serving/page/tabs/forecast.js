/** What follows a series, drawn behind it. */

import { Asking } from "../asking.js";
import { commandOptions, keywords, pythonValue } from "../calls.js";
import { Chart } from "../chart.js";
import { answer } from "../client.js";
import { NUMBER, evenRows, parseCsv, twice, writeCsv } from "../csv.js";
import { h } from "../dom.js";
import { elsewhere } from "../elsewhere.js";
import { labelled } from "../fields.js";
import { addFileOpener } from "../file-opener.js";
import { download, readTable } from "../files.js";
import { modelSelect } from "../model-select.js";
import { short } from "../numbers.js";
import { problemBox } from "../problems.js";
import { refused } from "../refused.js";
import { inLines } from "../series-lines.js";
import { heading, scrolled, table } from "../table.js";
import { word } from "../words.js";

export const forecast = { id: "forecast", task: "forecaster", word: () => "tab.forecast", panel };

const LEVELS = [0.5, 0.8, 0.9, 0.95];
const NAME = "series.csv"; // what the calls elsewhere read
const EXAMPLE = { model: "town-load", file: "./samples/town.csv" };

function panel(models) {
  const select = modelSelect("forecast-model", models, { readsTexts: false });
  const area = h("textarea", {
    id: "forecast-text",
    rows: 6,
    spellcheck: "false",
    wrap: "off",
    placeholder: "forecast.placeholder",
  });
  const horizon = h("input", {
    type: "number",
    id: "forecast-horizon",
    min: 1,
    max: 1000,
    placeholder: "forecast.horizon.placeholder",
  });
  const level = h(
    "select",
    { id: "forecast-interval" },
    ...LEVELS.map((share) =>
      h("option", { value: share, selected: share === 0.9 }, `${100 * share}%`),
    ),
  );
  const problem = h("div");
  const asking = new Asking("forecast", work);

  async function work(asking, signal) {
    const [names, ...uneven] = parseCsv(area.value);
    const record = columnsOf(names, uneven);
    const options = { interval: Number(level.value) };
    if (horizon.value) options.horizon = Number(horizon.value);
    const begun = performance.now();
    const asked = answer("forecaster", select.chosen(), [record], options, signal);
    const [found] = await asked.catch((error) => {
      throw inLines(error, uneven.map(({ line }) => line));
    });
    const steps = Object.values(found.values)[0].length;
    asking.tell("forecast.summary", {
      count: steps,
      milliseconds: Math.round(performance.now() - begun),
    });
    asking.show(
      ...Object.keys(found.values).map((target) => card(record, found, target)),
      elsewhere("forecast", call(select.chosen(), record, options)),
    );
  }

  /** Put a text into the field when it has come; or say why it has not. */
  async function fill(text) {
    problem.replaceChildren();
    try {
      area.value = await text;
      return true;
    } catch (error) {
      problem.replaceChildren(problemBox(error));
      return false;
    }
  }

  /** A file as the field has it, a table with a header; records of JSON are written as one. */
  const tableText = ({ text, columns, rows, records }) =>
    records ? writeCsv([columns, ...rows]) : text;
  const open = (file) => fill(readTable(file).then(tableText));

  async function tryExample() {
    const text = fetch(EXAMPLE.file).then((response) => response.text());
    if (await fill(text)) asking.restart();
  }

  const example = h("button.example", {
    type: "button",
    word: "forecast.example",
    on: { click: tryExample },
  });
  const hasExample = models.some(({ name }) => name === EXAMPLE.model);
  const input = h(
    "div.text-field",
    h("label", { for: area.id, word: "forecast.series" }),
    area,
    hasExample ? h("div.examples", h("span", { word: "try" }), example) : null,
    problem,
  );
  addFileOpener(input, "forecast.hint", ".csv,.tsv", open);
  return h(
    "section",
    h(
      "div.card",
      input,
      h(
        "div.row",
        select.field,
        labelled("forecast.horizon", horizon),
        labelled("forecast.interval", level),
        h("span.push"),
        asking.button,
      ),
    ),
    asking.status,
    asking.place,
  );
}

/** A table's columns by their names. Numbers are numbers, unless some have commas: then the model
 * is told the cells as they are, since all of them together show what a comma means.
 */
function columnsOf(names, uneven) {
  if (!uneven.length) throw refused("forecast.missing");
  const column = twice(names);
  if (column) throw refused("file.twice", { column });
  const rows = evenRows(names, uneven, word("forecast.series"));
  const hasCommas = rows.flat().some((field) => /,\d/.test(field));
  const isNumber = (field) => !hasCommas && NUMBER.test(field.trim());
  const valueOf = (field) => (isNumber(field) ? Number(field) : field);
  const columns = names.map((name, i) => [
    name.trim() || `column_${i + 1}`,
    rows.map((row) => valueOf(row[i])),
  ]);
  return Object.fromEntries(columns);
}

function card(record, found, target) {
  const rows = stepsOf(found, target);
  const known = drawnNumbers(record[target] ?? record[alike(record, target)] ?? []);
  const chart = new Chart({ target, known, rows });
  const header = Object.keys(rows[0]);
  const save = () => download("forecast.csv", [header, ...rows.map(Object.values)]);
  const cells = rows.map((row) =>
    Object.values(row).map((value) => (typeof value === "number" ? short(value) : value)),
  );
  const heads = header.map((name) => heading({ word: `column.${name}` }));
  const button = h("button.quiet", { type: "button", word: "rows.download", on: { click: save } });
  return h(
    "div.card",
    chart.element,
    h("details", h("summary", { word: "forecast.table" }), scrolled(table(heads, cells))),
    h("p.row", button),
  );
}

/** The name of a record's column that is a target's but for capitals and blanks. */
function alike(record, target) {
  const folded = (name) => name.trim().replace(/\s+/g, " ").toLowerCase();
  return Object.keys(record).find((name) => folded(name) === folded(target));
}

/** The numbers of some cells, for the picture, with points or commas before their decimals. */
function drawnNumbers(cells) {
  const texts = cells.map((cell) => String(cell).trim()).filter(Boolean);
  const hasComma = texts.some((text) => /,(\d{1,2}|\d{4,})$/.test(text));
  const [group, mark] = hasComma ? [".", ","] : [",", "."];
  const numbers = texts.map((text) => Number(text.replaceAll(group, "").replace(mark, ".")));
  return numbers.filter(Number.isFinite);
}

/** A row for each step: when, what, between what it is to lie, and what simple methods say. */
function stepsOf({ times, values, lower, upper, simple }, target) {
  return values[target].map((value, i) => ({
    ...(times.length ? { time: times[i] } : { step: i + 1 }),
    forecast: value,
    ...(lower ? { lower: lower[target][i], upper: upper[target][i] } : {}),
    ...Object.fromEntries(simple.map(({ method, values }) => [method, values[target][i]])),
  }));
}

function call(model, record, options) {
  return {
    path: "/v1/forecast",
    asked: { record, model, ...options },
    python: [
      "import textrnn",
      "from textrnn.corpora import read_series",
      "",
      `model = textrnn.load(${pythonValue(model)})`,
      `series = read_series(${pythonValue(NAME)})[0]`,
      `for row in model.forecast(series${keywords(options)}).rows():`,
      "    print(row)",
    ],
    shell: ["forecast", model, NAME, ...commandOptions(options)],
  };
}

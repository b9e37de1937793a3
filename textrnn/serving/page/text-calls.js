/** How the answers to texts are had elsewhere: to one that was written, or to those of a file. */

import { commandOptions, keywords, pythonValue } from "./calls.js";

/**
 * @typedef {object} TextWay how a task is asked
 * @property {string} command of textrnn, and the end of the service's path
 * @property {string} head its class, as the library calls it
 * @property {object} options by the library's names
 * @property {string} ending of a file with answers, as the command writes them
 */

/**
 * @param {TextWay} way
 * @param {string} text
 * @param {string} model the name of the one that answered
 * @returns {import("./calls.js").Call}
 */
export function textCall({ command, options }, text, model) {
  return {
    path: `/v1/${command}`,
    asked: { text, model, ...options },
    python: [
      "import textrnn",
      "",
      `model = textrnn.load(${pythonValue(model)})`,
      `for answer in model.answer([${pythonValue(text)}]${keywords(options)}):`,
      "    print(answer.as_dict())",
    ],
    shell: [command, "--model", model, "--text", text, ...commandOptions(options)],
  };
}

/**
 * @param {TextWay} way
 * @param {import("./text-field.js").TextField} field which has a file
 * @param {string} model a name; empty where each text's language decides
 * @returns {import("./calls.js").Call}
 */
export function fileCall({ command, head, options, ending }, { texts, table, columnName }, model) {
  const isNamed = Boolean(model);
  const [file, output] = [table.name, `${withoutEnding(table.name)}.answers.${ending}`];
  const column = columnName === null ? [] : ["--text-field", columnName];
  const ask = isNamed ? "model.answer" : "model.stream";
  return {
    path: `/v1/${command}`,
    asked: { texts, ...(isNamed ? { model } : {}), ...options },
    python: [
      ...(reader(table) ? [`import ${reader(table)}`, ""] : []),
      "import textrnn",
      "",
      isNamed
        ? `model = textrnn.load(${pythonValue(model)})`
        : `model = textrnn.Router(textrnn.${head})`,
      `with open(${pythonValue(file)}, encoding=${pythonValue(table.encoding)}, newline="") as file:`,
      ...(table.hasDivider ? ["    next(file)  # sep="] : []),
      `    texts = [${pythonTexts(table, columnName)}]`,
      `for answer in ${ask}(texts${keywords(options)}):`,
      "    print(answer.as_dict())",
    ],
    shell: [
      command,
      file,
      ...column,
      ...(table.isGuessed ? ["--encoding", table.encoding] : []),
      ...(isNamed ? ["--model", model] : []),
      ...commandOptions(options),
      "--output",
      output,
    ],
  };
}

/** The module that reads such a file in Python; none where a line is a text. */
function reader({ records, columns }) {
  if (records) return "json";
  return columns.length ? "csv" : null;
}

/** What a list of the texts of an open file holds, in Python. */
function pythonTexts({ delimiter, hasHeader, records }, columnName) {
  if (records) {
    const key = columnName === null ? "" : `.get(${pythonValue(columnName)}, "")`;
    return records === "array"
      ? `row${key} for row in json.load(file)`
      : `json.loads(line)${key} for line in file if line.strip()`;
  }
  if (columnName === null) return "line.strip() for line in file if line.strip()";
  const given = delimiter === "," ? "file" : `file, delimiter=${pythonValue(delimiter)}`;
  return hasHeader
    ? `row[${pythonValue(columnName)}] for row in csv.DictReader(${given})`
    : `row[${columnName}] for row in csv.reader(${given}) if row`;
}

/** The name of a file without its ending. */
export const withoutEnding = (name) => name.replace(/\.\w+$/, "");

/** Where a text is written, or a file of them is opened or dropped. */

import { h } from "./dom.js";
import { asksOnEnter, examples, labelled, ticked } from "./fields.js";
import { addFileOpener } from "./file-opener.js";
import { readTable, textColumn, withoutHeader } from "./files.js";
import { problemBox } from "./problems.js";
import { say } from "./words.js";

export class TextField {
  /**
   * @param {string} id a beginning of the ids of its parts
   * @param {string[]} tries texts to try
   * @param {() => void} ask called when the reader wants an answer at once
   */
  constructor(id, tries, ask) {
    this.table = null;
    this.id = id;
    this.area = h("textarea", {
      id: `${id}-text`,
      rows: 4,
      placeholder: "text.placeholder",
      dir: "auto",
      spellcheck: "false",
      on: asksOnEnter(ask),
    });
    const choose = (text) => {
      this.write(text);
      ask();
    };
    this.written = h(
      "div",
      h("label", { for: `${id}-text`, word: "text" }),
      this.area,
      examples(tries, choose),
    );
    this.opened = h("div.file", { hidden: true });
    this.problem = h("div");
    this.element = h("div.text-field", this.written, this.opened, this.problem);
    addFileOpener(this.element, "file.hint", ".txt,.csv,.tsv,.jsonl,.ndjson,.json", (file) => this.#open(file));
  }

  /** Put a text into the field, in place of what is there. */
  write(text) {
    this.close();
    this.area.value = text;
  }

  /** Whether the texts are rows of a file. */
  get hasRows() {
    return this.table !== null && !this.whole?.checked;
  }

  /** The texts that are to be answered. */
  get texts() {
    if (!this.table) return [this.area.value];
    if (!this.hasRows) return [this.table.text];
    const column = this.column ? Number(this.column.value) : 0;
    return this.table.rows.map((row) => row[column] ?? "");
  }

  /** The name of the column that the texts are in; null where they are lines. */
  get columnName() {
    return this.column ? this.table.columns[this.column.value] : null;
  }

  /** Leave the file for the text. */
  close() {
    this.table = null;
    this.opened.hidden = true;
    this.written.hidden = false;
    this.problem.replaceChildren();
  }

  async #open(file) {
    this.problem.replaceChildren();
    try {
      this.table = await readTable(file);
    } catch (problem) {
      this.problem.replaceChildren(problemBox(problem));
      return;
    }
    this.written.hidden = true;
    this.opened.hidden = false;
    this.count = h("span");
    this.opened.replaceChildren(
      h(
        "div.file-name",
        h("b", file.name),
        this.count,
        this.table.isGuessed
          ? h("span.hint", { word: "file.guessed", put: { encoding: this.table.encoding } })
          : null,
        h("button.quiet", {
          type: "button",
          word: "file.close",
          on: { click: () => this.close() },
        }),
      ),
      this.table.columns.length ? this.#columnChoice() : this.#wholeChoice(),
    );
    this.#showTable();
  }

  /** Whether a file of lines is one text. */
  #wholeChoice() {
    this.column = null;
    this.whole = h("input", { type: "checkbox", id: `${this.id}-whole` });
    return ticked("file.whole", this.whole);
  }

  /** Which column holds the text, and of a CSV whether the first row is a header. */
  #columnChoice() {
    this.whole = null;
    this.column = h("select", { id: `${this.id}-column` });
    const mayLackHeader = !this.table.records && this.table.hasHeader;
    return h(
      "div.row",
      labelled("file.column", this.column),
      mayLackHeader ? this.#headerChoice() : null,
    );
  }

  #headerChoice() {
    const table = this.table;
    const change = () => {
      this.table = header.checked ? table : withoutHeader(table);
      this.#showTable();
    };
    const id = `${this.id}-header`;
    const header = h("input", { type: "checkbox", id, checked: true, on: { change } });
    return ticked("file.header", header);
  }

  /** Show how many rows there are, and the columns to choose from. */
  #showTable() {
    const { columns, rows, hasHeader } = this.table;
    say(this.count, "file.rows", { count: rows.length });
    if (!this.column) return;
    const label = (name, i) => (hasHeader ? name : `${name}: ${rows[0][i]}`);
    const options = columns.map((name, i) => h("option", { value: i }, label(name, i)));
    this.column.replaceChildren(...options);
    this.column.value = textColumn(this.table);
  }
}

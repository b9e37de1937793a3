// Tables as the page reads them, under Node: `node tables.mjs < [text, …]`.

import { text } from "node:stream/consumers";

globalThis.localStorage = { getItem: () => null }; // which a browser has
Object.defineProperty(globalThis, "navigator", { value: { languages: ["en"] } });
const { evenRows, parseCsv } = await import("../../textrnn/serving/page/csv.js");

const read = (one) => {
  try {
    const [names, ...rows] = parseCsv(one);
    const even = evenRows(names, rows, "a.csv");
    return { names, rows: even, lines: even.map(({ line }) => line) };
  } catch (error) {
    return { refused: error.message };
  }
};
process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(read)));

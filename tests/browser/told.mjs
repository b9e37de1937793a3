// What the page makes of the details of problems, under Node: `node told.mjs < [detail, …]`. Entries of a
// series are lines of its table, the first of them the third.

import { text } from "node:stream/consumers";

import { Problem } from "../../textrnn/serving/page/problem.js";
import { inLines } from "../../textrnn/serving/page/series-lines.js";
import { told } from "../../textrnn/serving/page/told.js";

const lines = Array.from({ length: 2000 }, (_, i) => i + 3);
const known = (detail) => told(inLines(new Problem(422, detail), lines).detail) ?? null;
process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(known)));

// What the page makes of the details of problems, under Node: `node told.mjs < [detail, …]`.

import { text } from "node:stream/consumers";

import { told } from "../../textrnn/serving/page/told.js";

process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map((one) => told(one) ?? null)));

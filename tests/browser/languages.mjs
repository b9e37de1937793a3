// The languages of texts, under Node: `node languages.mjs < [text, …]`.

import { text } from "node:stream/consumers";

import { languageOf } from "../../textrnn/browser/js/text/language.js";

process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(languageOf)));

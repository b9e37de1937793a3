/** What the page itself does not take, in the reader's language. */

import { Problem } from "./problem.js";
import { word } from "./words.js";

/** @param {string} key of the words @param {object} [put] into them @returns {Problem} to be thrown */
export const refused = (key, put) => new Problem(422, word(key, put));

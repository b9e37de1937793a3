/** How an answer is had elsewhere: by curl, in Python, in a shell. */

import { address, hasToken } from "./client.js";

/**
 * @typedef {object} Call
 * @property {string} path of the service's route, as `/v1/tag`
 * @property {object} asked what is sent there
 * @property {string[]} python lines of a program
 * @property {string[]} shell words of a command, without `textrnn`
 */

/** @param {Call} call @returns {string} */
export function asCurl({ path, asked }) {
  const token = hasToken() ? ' -H "Authorization: Bearer $TEXTRNN_TOKEN"' : "";
  const url = new URL(path.slice(1), address).href;
  return [
    `curl -H 'Content-Type: application/json'${token} \\`,
    `  -d ${quoted(JSON.stringify(asked))} \\`,
    `  ${url}`,
  ].join("\n");
}

/** @param {Call} call @returns {string} */
export const asPython = ({ python }) => python.join("\n");

/** @param {Call} call @returns {string} */
export const asShell = ({ shell }) => ["textrnn", ...shell].map(quoted).join(" ");

/** A word of a shell's command. */
export function quoted(text) {
  const plain = /^[\w@%+=:,./-]+$/.test(text);
  return plain ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A value as Python writes it. */
export function pythonValue(value) {
  if (value === true) return "True";
  if (value === false) return "False";
  return JSON.stringify(value); // strings and numbers are the same
}

/** Keywords of a call in Python, each after a comma. */
export function keywords(options) {
  return Object.entries(options)
    .map(([name, value]) => `, ${name}=${pythonValue(value)}`)
    .join("");
}

/** Options of a command: their names with hyphens; those that are on, and modes, have no value. */
export function commandOptions(options) {
  return Object.entries(options).flatMap(([name, value]) => {
    if (name === "mode") return [`--${value}`];
    const option = `--${name.replaceAll("_", "-")}`;
    return value === true ? [option] : [option, String(value)];
  });
}

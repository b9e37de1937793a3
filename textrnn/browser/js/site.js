/** The files of a site: its models, and what is told of them. */

import { UnreachedError } from "./errors.js";
import { Files } from "./runtime/files.js";

export class Site {
  /** @param {string} address the folder of the site. */
  constructor(address) {
    this.address = address;
  }

  /** What is told of each model. */
  async models() {
    this.index ??= this.fetchBytes("site.json").then((bytes) =>
      JSON.parse(new TextDecoder().decode(bytes)),
    );
    this.index.catch(() => (this.index = undefined)); // so that it can be tried again
    return (await this.index).models;
  }

  /** What a service tells of a model, its card in Markdown among it. */
  async card(name) {
    return this.files(name).json("model.json");
  }

  /** The files of a model; `told` as for `fetchBytes`. */
  files(name, told) {
    const folder = `models/${encodeURIComponent(name)}`;
    return new Files((file) => this.fetchBytes(`${folder}/${file}`, told));
  }

  /** A file's bytes; `told` hears of each piece how many they are. */
  async fetchBytes(name, told = () => {}) {
    const response = await fetch(new URL(name, this.address)).catch((error) => {
      throw new UnreachedError(error.message);
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
    const pieces = [];
    const reader = response.body.getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      told(value.length);
      pieces.push(value);
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }
}

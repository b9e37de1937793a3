/** The models of a site, fetched when they are first asked. */

import { loadModel } from "./models.js";
import { Files, unpacked } from "./runtime/files.js";
import { Runtime } from "./runtime/session.js";

const CONTROL_MS = 5000; // until the service worker keeps what is fetched

export class Site {
  /** @param {string} address the folder of the site. */
  constructor(address) {
    this.address = address;
    this.onLoading = () => {};
    this.loaded = new Map();
    this.isKept = keepOffline(address);
  }

  /** What is told of each model. */
  async models() {
    this.index ??= this.fetchBytes("site.json").then((bytes) =>
      JSON.parse(new TextDecoder().decode(bytes)),
    );
    return (await this.index).models;
  }

  /** The name of the model of a task that reads a language, or else of the first. */
  async nameFor(task, language) {
    const some = (await this.models()).filter((model) => model.task === task);
    return (some.find((model) => model.language === language) ?? some[0]).name;
  }

  /** What a service tells of a model, its card in Markdown among it. */
  async card(name) {
    await this.isKept;
    return this.files(name).json("model.json");
  }

  /** A model, ready to answer. */
  model(name) {
    if (!this.loaded.has(name)) {
      const loading = this.load(name);
      loading.catch(() => this.loaded.delete(name)); // so that it can be tried again
      this.loaded.set(name, loading);
    }
    return this.loaded.get(name);
  }

  async load(name) {
    await this.isKept;
    this.runtime ??= this.loadRuntime();
    const { fetched: total } = (await this.models()).find((model) => model.name === name);
    let loaded = 0;
    const files = this.files(name, (count) => {
      loaded += count;
      this.onLoading({ model: name, loaded, total });
    });
    const model = await loadModel(files, await this.runtime);
    this.onLoading({ model: name, loaded: total, total });
    return model;
  }

  /** The files of a model; `told` as for `fetchBytes`. */
  files(name, told) {
    const folder = `models/${encodeURIComponent(name)}`;
    return new Files((file) => this.fetchBytes(`${folder}/${file}`, told));
  }

  async loadRuntime() {
    const ort = await import(new URL("runtime/ort.js", this.address));
    return new Runtime(ort, await unpacked(await this.fetchBytes("runtime/ort.wasm.gz")));
  }

  /** A file's bytes; `told` hears of each piece how many they are. */
  async fetchBytes(name, told = () => {}) {
    const response = await fetch(new URL(name, this.address));
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

/** Have a service worker keep what is fetched, where the browser lets it. */
async function keepOffline(address) {
  const workers = navigator.serviceWorker;
  if (!workers) return; // as on pages that come neither by HTTPS nor from this machine
  await workers.register(new URL("offline.js", address)).catch(() => {});
  if (workers.controller) return;
  await new Promise((resolve) => {
    workers.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, CONTROL_MS);
  });
}

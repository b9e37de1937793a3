/** What the models of a site answer; each is fetched when it is first asked. */

import { loadModel } from "./models.js";
import { unpacked } from "./runtime/files.js";
import { Runtime } from "./runtime/session.js";
import { languageOf } from "./text/language.js";

export class Answering {
  /**
   * @param {import("./site.js").Site} site
   * @param {typeof import("../../serving/page/reading.js").modelFor} modelFor which model reads a language
   * @param {(told: {model: string, loaded: number, total: number}) => void} onLoading hears how
   *   many bytes of a model have been fetched
   * @param {() => Promise<void>} between see `Runtime`
   */
  constructor(site, modelFor, onLoading, between) {
    this.site = site;
    this.modelFor = modelFor;
    this.onLoading = onLoading;
    this.between = between;
    this.loaded = new Map();
  }

  /** The answer to an input; without a model's name by that of the text's language. */
  async answer(task, model, input, options) {
    const language = typeof input === "string" ? languageOf(input) : null;
    const some = (await this.site.models()).filter((one) => one.task === task);
    const asked = await this.model(model || this.modelFor(some, language).name);
    return { ...(await asked.answer(input, options)), language };
  }

  /** News of a text as it is written, to be asked one by one. */
  async *write(model, seed, options) {
    const language = languageOf(seed);
    for await (const { piece, answer } of (await this.model(model)).write(seed, options)) {
      yield answer ? { answer: { ...answer, language } } : { piece };
    }
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
    this.runtime ??= this.loadRuntime();
    this.runtime.catch(() => (this.runtime = undefined));
    const { fetched: total } = (await this.site.models()).find((model) => model.name === name);
    let loaded = 0;
    const files = this.site.files(name, (count) => {
      loaded += count;
      this.onLoading({ model: name, loaded, total });
    });
    const model = await loadModel(files, await this.runtime);
    this.onLoading({ model: name, loaded: total, total });
    return model;
  }

  async loadRuntime() {
    const ort = await import(new URL("runtime/ort.js", this.site.address));
    const wasm = await unpacked(await this.site.fetchBytes("runtime/ort.wasm.gz"));
    return new Runtime(ort, wasm, this.between);
  }
}

/** The way from a button to an answer: one at a time, with its time told and its problems shown. */

import { h } from "./dom.js";
import { isAborted } from "./problem.js";
import { problemBox } from "./problems.js";
import { say } from "./words.js";

const PATIENCE_MS = 300; // until it is worth a word that something is being asked

export class Asking {
  /**
   * @param {string} verb key of the word on the button
   * @param {(asking: Asking, signal: AbortSignal) => Promise<void>} work what is done on each press
   */
  constructor(verb, work) {
    this.verb = verb;
    this.work = work;
    this.button = h("button.primary", {
      type: "button",
      word: verb,
      "aria-keyshortcuts": "Control+Enter",
      on: { click: () => this.press() },
    });
    this.status = h("p.status", { role: "status" }); // read out when it changes
    this.place = h("div.answers", { "aria-busy": "false" });
    this.controller = new AbortController();
    this.running = null; // a promise while something is asked
    this.hasShown = false; // of what is being asked
  }

  /** Ask; or stop what is being asked. */
  press() {
    if (this.running) this.controller.abort();
    else this.running = this.#ask().finally(() => (this.running = null));
  }

  /** Ask, and give up what is being asked. */
  async restart() {
    this.controller.abort();
    await this.running;
    this.press();
  }

  async #ask() {
    this.controller = new AbortController();
    this.hasShown = false;
    this.place.setAttribute("aria-busy", "true");
    this.status.replaceChildren();
    const patience = setTimeout(() => this.#offerToStop(), PATIENCE_MS);
    try {
      await this.work(this, this.controller.signal);
    } catch (error) {
      this.#end(error);
    } finally {
      clearTimeout(patience);
      say(this.button, this.verb);
      this.place.setAttribute("aria-busy", "false");
    }
  }

  /** Show an answer, or what is there of it, in place of the last one. */
  show(...nodes) {
    this.hasShown = true;
    this.place.replaceChildren(...nodes);
  }

  /** Say how it stands, by a key of the dictionary. */
  tell(key, put) {
    say(this.status, key, put);
  }

  #offerToStop() {
    say(this.button, "stop");
    if (!this.status.textContent) this.tell("busy");
  }

  /** Say why there is no more; what came before that stays. */
  #end(error) {
    if (!this.hasShown) this.place.replaceChildren();
    if (isAborted(error)) this.tell("stopped");
    else {
      this.status.replaceChildren();
      this.place.prepend(problemBox(error));
    }
  }
}

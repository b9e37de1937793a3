/** The way from a button to an answer: one at a time, with its time told and its problems shown. */

import { h } from "./dom.js";
import { isAborted } from "./problem.js";
import { problemBox } from "./problems.js";
import { say } from "./words.js";

export class Asking {
  /**
   * @param {string} verb key of the word on the button
   * @param {(asking: Asking, signal: AbortSignal) => Promise<void>} work what is done on each press
   */
  constructor(verb, work) {
    this.verb = verb;
    this.work = work;
    this.button = h("button.primary", { type: "button", word: verb, on: { click: () => this.press() } });
    this.status = h("p.status", { role: "status" }); // read out when it changes
    this.place = h("div.answers", { "aria-busy": "false" });
    this.controller = new AbortController();
    this.running = null; // a promise while something is asked
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
    this.place.replaceChildren();
    this.#busy(true);
    try {
      await this.work(this, this.controller.signal);
    } catch (error) {
      this.status.replaceChildren();
      if (!isAborted(error)) this.place.prepend(problemBox(error));
    } finally {
      this.#busy(false);
    }
  }

  /** Say how it stands, by a key of the dictionary. */
  tell(key, put) {
    say(this.status, key, put);
  }

  #busy(isBusy) {
    this.place.setAttribute("aria-busy", isBusy);
    say(this.button, isBusy ? "stop" : this.verb);
    if (isBusy) say(this.status, "busy");
  }
}

/** Why something was not answered. */
export class Problem extends Error {
  /**
   * @param {number} status that of the response; 0 where none came
   * @param {string} detail what is wrong, and the remedy, as the service says it
   */
  constructor(status, detail) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.detail = detail;
  }
}

export const NOBODY = 0; // no response came
export const NO_TOKEN = 401;

/** Whether an error says no more than that nobody wanted the answer any longer. */
export function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

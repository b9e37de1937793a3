/** What goes wrong. */

/** What is wrong with what a user asked. */
export class InputError extends Error {}

/** A file of the site that is not kept here, and whose server does not answer. */
export class UnreachedError extends Error {}

/** An error as the page tells it. @returns {{status: number, detail: string}} see `Problem` */
export function asProblem(error) {
  if (error instanceof InputError) return { status: 422, detail: error.message };
  return { status: 0, detail: error instanceof UnreachedError ? "" : String(error.message ?? error) };
}

/** What is wrong with what a user asked. */
export class InputError extends Error {}

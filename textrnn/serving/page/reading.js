/** Which model reads a language: as textrnn/serving/routing.py has it. */

const NEAR = { ja: "zh" }; // which shares its characters
const isLatin = (code) => code !== "und" && new Intl.Locale(code).maximize().script === "Latn";

/**
 * The model of a language, or else the one that comes nearest, or else the first.
 *
 * @template {{task: string, language: string}} M
 * @param {M[]} models of one task
 * @param {string | null} language null for a text of none
 * @returns {M}
 */
export function modelFor(models, language) {
  const near = (models[0].task !== "translator" && NEAR[language]) || "en";
  const of = (code) => models.find((model) => model.language === code);
  return of(language) ?? of(near) ?? models[0];
}

/** Whether a text's language is not a model's; one in Latin letters is English where nothing tells. */
export function isForeign(language, { language: own }) {
  return Boolean(language) && language !== own && !(language === "en" && isLatin(own));
}

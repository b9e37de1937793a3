/**
 * The page's words in the reader's language: that of the browser, or the one chosen before.
 *
 * An element keeps which words it shows (`data-word`, `-label` for screen readers, `-placeholder`)
 * and what is put into them, so that all of them can be said again in another language.
 */

import en from "./words/en.js";
import zh from "./words/zh.js";

const LANGUAGES = { en, zh };
const CHOSEN = "textrnn-language";

/** The languages by their own names. */
export const NAMES = { en: "English", zh: "中文" };

const kept = localStorage.getItem(CHOSEN);
let language = kept in LANGUAGES ? kept : spoken();

/** The language of the page, an ISO 639-1 code. */
export const currentLanguage = () => language;

function spoken() {
  const first = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGES);
  return first ?? "en";
}

/**
 * @param {string} key of the dictionary; one that it has not is a name, as `label.my-own`, whose
 *   last part is said; `key.one` is said in its place where `count` is one
 * @param {Record<string, string | number | [string, object?]>} [put] what stands for `{name}` in
 *   the words; a list is a key, and what is put into that; of `{codes}` languages are named
 */
export function word(key, put = {}) {
  const words = LANGUAGES[language];
  const one = put.count === 1 ? words[`${key}.one`] : undefined;
  const found = one ?? words[key] ?? key.slice(key.indexOf(".") + 1);
  return found.replace(/\{(\w+)\}/g, (_, name) => shown(put[name]));
}

function shown(value) {
  if (Array.isArray(value)) return word(...value);
  if (value?.codes) return value.codes.map(languageName).join(", ");
  return typeof value === "number" ? value.toLocaleString(language) : value;
}

function languageName(code) {
  if (code === "und") return word("language.other");
  return new Intl.DisplayNames([language], { type: "language" }).of(code);
}

/** Have an element show words, now and in whatever language is chosen. */
export function say(element, key, put = {}) {
  element.dataset.word = key;
  element.dataset.put = JSON.stringify(put);
  sayAgain(element);
}

/** Say an element's own words in the page's language. */
export function sayAgain(element) {
  const { word: key, wordLabel, wordPlaceholder, put } = element.dataset;
  const values = put ? JSON.parse(put) : {};
  if (key) element.textContent = word(key, values);
  if (wordLabel) element.setAttribute("aria-label", word(wordLabel, values));
  if (wordPlaceholder) element.placeholder = word(wordPlaceholder, values);
}

/** Choose the language, for now and for later visits. */
export function speak(chosen) {
  language = chosen;
  localStorage.setItem(CHOSEN, chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : chosen;
  const selector = "[data-word], [data-word-label], [data-word-placeholder]";
  document.querySelectorAll(selector).forEach(sayAgain);
}

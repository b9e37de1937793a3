/** Elements, made in a line. */

import { sayAgain } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Of its properties `word` is a key of the dictionary and `put` what is put into those
 * words, `label` and `placeholder` are keys too, `on` holds listeners, `style` custom properties;
 * all others are attributes.
 *
 * @param {string} name as `button`, with classes as `button.quiet`
 * @param {...(object | Node | string | null | undefined)} parts properties, where there are some,
 *   then children
 * @returns {HTMLElement}
 */
export function h(name, ...parts) {
  const [tag, ...classes] = name.split(".");
  return filled(document.createElement(tag), classes, parts);
}

/** The same, of an SVG. @returns {SVGElement} */
export function svg(name, ...parts) {
  const [tag, ...classes] = name.split(".");
  return filled(document.createElementNS(SVG, tag), classes, parts);
}

function filled(element, classes, parts) {
  const isProperties = parts[0]?.constructor === Object;
  const [properties, children] = isProperties ? [parts[0], parts.slice(1)] : [{}, parts];
  const { word, put, label, placeholder, on, style, ...attributes } = properties;
  if (classes.length) element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(style ?? {})) element.style.setProperty(name, value);
  if (put) element.dataset.put = JSON.stringify(put);
  if (word) element.dataset.word = word;
  if (label) element.dataset.wordLabel = label;
  if (placeholder) element.dataset.wordPlaceholder = placeholder;
  sayAgain(element);
  element.append(...children.filter((child) => child != null));
  return element;
}

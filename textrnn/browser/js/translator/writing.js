/**
 * From the tokens that a search found to text, with the place of each token in it, as in
 * heads/translator/writing.py.
 */

import { joinedBytes, UNKNOWN, wholeCharacters } from "../generator/pieces.js";
import { stripped } from "../text/sentences.js";

/**
 * The text of a hypothesis without blanks at its ends.
 *
 * @param found its `ids`, and the attention of each, `looked`
 * @param {string[]} source the tokens of the source; an unknown token is what it looked at most
 * @param pieces what tokens add
 * @param {boolean} isClosed whether a full stop was added to the source; its own is left out then
 * @returns `text` and the `places` of tokens in it, in code points
 */
export function writeText({ ids, looked }, source, pieces, isClosed = false) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const places = [];
  let [text, length, pending] = ["", 0, new Uint8Array()];
  ids.forEach((id, i) => {
    const bytes = id === UNKNOWN ? copied(looked[i], source, pieces) : pieces.bytes[id];
    const added = pieces.joined(bytes, text);
    [, pending] = wholeCharacters(joinedBytes(pending, added));
    const more = decoder.decode(added, { stream: true });
    const begin = length;
    text += more;
    length += [...more].length;
    places.push([begin, length + (pending.length ? 1 : 0)]);
  });
  text += decoder.decode();
  if (isClosed) text = withoutFullStop(text);
  const [start, end] = stripped(text, 0, text.length);
  const shown = text.slice(start, end);
  const before = [...text.slice(0, start)].length;
  const most = [...shown].length;
  const within = (place) => Math.min(Math.max(place - before, 0), most);
  return { text: shown, places: places.map((pair) => pair.map(within)) };
}

function withoutFullStop(text) {
  const shown = text.slice(0, stripped(text, 0, text.length)[1]);
  return /[.。]$/u.test(shown) ? shown.slice(0, -1) : text;
}

function copied(attention, source, pieces) {
  const word = source[attention.indexOf(Math.max(...attention))] ?? "";
  return new TextEncoder().encode((pieces.isSpaced ? " " : "") + word);
}

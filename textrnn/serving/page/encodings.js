/** The text of a file in the encoding that it is in, or seems to be in. */

const UTF_16 = { 0xfffe: "utf-16le", 0xfeff: "utf-16be" }; // by their first two bytes
// What such files are called in Python, and by `--encoding`.
const PYTHON = { "utf-8": "utf-8-sig", "utf-16le": "utf-16", "utf-16be": "utf-16", "windows-1252": "cp1252" };

/**
 * @param {Uint8Array} bytes of a file
 * @returns {{text: string, encoding: string, isGuessed: boolean} | null} the encoding as Python calls
 *   it, and whether nothing in the file says so; null where it is no text
 */
export function decoded(bytes) {
  const wide = UTF_16[(bytes[0] << 8) | bytes[1]];
  if (!wide && bytes.includes(0)) return null;
  const some = wide ? [wide] : ["utf-8", ...(looksChinese(bytes) ? ["gb18030"] : []), "windows-1252"];
  for (const encoding of some) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (text.includes("\0")) return null;
      return { text, encoding: PYTHON[encoding] ?? encoding, isGuessed: !wide && encoding !== "utf-8" };
    } catch {
      // of another encoding
    }
  }
  return null;
}

/** Whether most bytes above ASCII stand four or more in a row, as in Chinese, not as accents do. */
function looksChinese(bytes) {
  let all = 0;
  let inRows = 0;
  for (let i = 0; i < bytes.length; i++) {
    const begin = i;
    while (bytes[i] >= 0x80) i++;
    all += i - begin;
    if (i - begin >= 4) inRows += i - begin;
  }
  return 2 * inRows > all;
}

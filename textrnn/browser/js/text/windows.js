/** Long texts, read in overlapping windows and put together again, as textrnn/text/windows.py does. */

/** Where the windows of a text begin and end: pairs of first token and one past the last. */
export function planWindows(tokens, { window_tokens: size, window_overlap: overlap }) {
  if (tokens <= size) return [[0, tokens]];
  const starts = [];
  for (let start = 0; start < tokens - size; start += size - overlap) starts.push(start);
  starts.push(tokens - size);
  return starts.map((start) => [start, start + size]);
}

/** One row of logits for a text: the mean over its windows, each counted by its new tokens. */
export function mergeLogits(rows, windows) {
  if (rows.length === 1) return rows[0];
  const shares = windowShares(windows);
  return rows[0].map((_, label) => rows.reduce((sum, row, i) => sum + shares[i] * row[label], 0));
}

/** One weight for each token of the text; where there are tokens, they sum to 1. */
export function mergeAttention(rows, windows) {
  if (rows.length === 1) return rows[0];
  const merged = new Float32Array(windows.at(-1)[1]);
  windowShares(windows).forEach((share, i) => {
    rows[i].forEach((weight, offset) => (merged[windows[i][0] + offset] += share * weight));
  });
  const total = merged.reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? merged.map((weight) => weight / total) : merged;
}

/** The stretch that each window answers for: neighbours meet in the middle of what they share. */
export function ownStretches(windows) {
  const borders = windows.slice(1).map(([start], i) => Math.floor((start + windows[i][1]) / 2));
  const starts = [windows[0][0], ...borders];
  const ends = [...borders, windows.at(-1)[1]];
  return starts.map((start, i) => [start, ends[i]]);
}

function windowShares(windows) {
  const fresh = windows.map(([, end], i) => end - (i ? windows[i - 1][1] : 0));
  const total = fresh.reduce((sum, count) => sum + count, 0);
  return fresh.map((count) => (total > 0 ? count / total : 1 / windows.length));
}

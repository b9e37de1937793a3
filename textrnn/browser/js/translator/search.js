/** Beam search: the best that can be written of a source, as textrnn/decoding/search.py does it. */

import { END, START } from "../generator/pieces.js";

const IMPOSSIBLE = -1e8; // the log-probability of what must not come; a graph has no infinity

/**
 * The best text of a source.
 *
 * @param write reads a token of each beginning, which go on from some rows of before, and gives for
 *   each the most probable `tokens` with their `logs`, and the `attention`
 * @param {{most: number, beam: number, lengthPenalty: number, lengthReward: number}} how
 * @returns `ids`, `score`, and for each token its attention, `looked`
 */
export async function search(write, { most, beam, lengthPenalty, lengthReward }) {
  let kept = Array.from({ length: beam }, (_, slot) => ({
    parent: slot, score: slot ? -Infinity : 0, last: START, ids: [], looked: [],
  }));
  const endings = [];
  const end = ({ ids, looked }, total, step) => {
    endings.push({ ids, looked, total, score: total / ((6 + step) / 6) ** lengthPenalty });
  };
  // Where tokens are rewarded, a longer text may overtake those that ended.
  const isDecided = () =>
    endings.length >= beam && (!lengthReward || endings.some(({ total }) => total >= kept[0].score));
  for (let step = 0; ; step++) {
    const found = await write(kept.map(({ last }) => last), kept.map(({ parent }) => parent));
    const candidates = bestOf(kept, found, lengthReward).slice(0, 2 * beam);
    const ends = ({ token, total }) => token === END && total > IMPOSSIBLE / 2;
    for (const one of candidates.slice(0, beam)) {
      if (ends(one)) end(kept[one.parent], one.total, step);
    }
    const stays = (one) => one.token === END || !(one.total > IMPOSSIBLE / 2);
    const ordered = [...candidates.filter((one) => !stays(one)), ...candidates.filter(stays)];
    kept = ordered.slice(0, beam).map((one) => ({
      parent: one.parent,
      score: stays(one) ? -Infinity : one.total,
      last: one.token,
      ids: [...kept[one.parent].ids, one.token],
      looked: [...kept[one.parent].looked, found[one.parent].attention],
    }));
    const goesOn = kept[0].score > -Infinity;
    const isFull = step + 1 >= most;
    if (goesOn && isFull && !endings.length) end(kept[0], kept[0].score, step);
    if (!goesOn || isFull || isDecided()) break;
  }
  const nothing = { ids: [], looked: [], score: 0 };
  return endings.reduce((best, one) => (best && best.score >= one.score ? best : one), undefined) ?? nothing;
}

/** The candidates of all beginnings, the best first, with the rewards of their tokens. */
function bestOf(kept, found, lengthReward) {
  const all = kept.flatMap(({ score }, parent) =>
    found[parent].tokens.map((token, i) => {
      const reward = token === END ? 0 : lengthReward;
      return { parent, token, total: score + found[parent].logs[i] + reward };
    }),
  );
  return all.sort((a, b) => (a.total === b.total ? 0 : b.total - a.total));
}

/**
 * A linear chain of tags (Lafferty et al. 2001): the best path, and the probabilities of stretches
 * of it, as textrnn/decoding/ has them; here everything is in logarithms.
 */

const letterOf = (tag) => tag[0];
const labelOf = (tag) => tag.slice(2);

export class Chain {
  /**
   * @param {string[]} tags the first is `O`
   * @param learned arrays of `transitions`, `start` and `end`; undefined where nothing was
   * @param {number} temperature what all scores are divided by
   */
  constructor(tags, { transitions, start, end }, temperature = 1) {
    const closed = tags.some((tag) => "ES".includes(letterOf(tag)));
    const opens = (tag) => closed && "BI".includes(letterOf(tag)); // more must follow
    const goesOn = (tag) => "IE".includes(letterOf(tag)); // something must precede
    const follows = (from, to) =>
      goesOn(to) ? "BI".includes(letterOf(from)) && labelOf(from) === labelOf(to) : !opens(from);
    const score = (learned, i, allowed) =>
      allowed ? (learned ? learned[i] : 0) / temperature : -Infinity;
    this.moves = tags.map((from, i) =>
      tags.map((to, j) => score(transitions, i * tags.length + j, follows(from, to))),
    );
    this.start = tags.map((tag, i) => score(start, i, !goesOn(tag)));
    this.end = tags.map((tag, i) => score(end, i, !opens(tag)));
  }
}

/**
 * The most probable tags (Viterbi 1967).
 *
 * @param steps for each token the scores of its tags
 * @param {Chain} chain
 */
export function viterbi(steps, chain) {
  const scores = [added(chain.start, steps[0])];
  for (const step of steps.slice(1)) {
    const last = scores.at(-1);
    scores.push(step.map((emitted, to) => emitted + Math.max(...came(last, chain, to))));
  }
  const path = [argmax(added(scores.at(-1), chain.end))];
  for (let t = steps.length - 1; t > 0; t--) path.push(argmax(came(scores[t - 1], chain, path.at(-1))));
  return path.reverse();
}

const came = (scores, chain, to) => scores.map((score, from) => score + chain.moves[from][to]);
const added = (some, others) => Array.from(some, (value, i) => value + others[i]);
const argmax = (values) => values.indexOf(Math.max(...values));

/** The probabilities of stretches of tags under a chain, by forward and backward sums. */
export class Marginals {
  constructor(steps, chain) {
    Object.assign(this, { steps, chain });
    this.alpha = [added(chain.start, steps[0])];
    for (const step of steps.slice(1)) {
      const last = this.alpha.at(-1);
      this.alpha.push(step.map((emitted, to) => emitted + logSum(came(last, chain, to))));
    }
    this.beta = [chain.end];
    for (let t = steps.length - 1; t > 0; t--) {
      const onward = added(steps[t], this.beta[0]);
      this.beta.unshift(chain.moves.map((moves) => logSum(added(moves, onward))));
    }
    this.norm = logSum(added(this.alpha.at(-1), chain.end));
  }

  /**
   * The probability that the tokens from `start` on have just these tags.
   *
   * @param {number} start
   * @param {number[]} tags
   * @param {number} [further] a tag that must not follow
   */
  span(start, tags, further) {
    const { moves } = this.chain;
    let value = this.alpha[start][tags[0]] - this.norm;
    for (let i = 1; i < tags.length; i++) {
      value += moves[tags[i - 1]][tags[i]] + this.steps[start + i][tags[i]];
    }
    const next = start + tags.length;
    let total = Math.exp(value + this.beta[next - 1][tags.at(-1)]);
    if (further !== undefined && next < this.steps.length) {
      value += moves[tags.at(-1)][further] + this.steps[next][further];
      total -= Math.exp(value + this.beta[next][further]);
    }
    return Math.min(1, Math.max(0, total));
  }
}

function logSum(values) {
  const most = Math.max(...values);
  if (most === -Infinity) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

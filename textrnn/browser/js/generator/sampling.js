/** From the logits of the next token to a draw, as textrnn/decoding/sampling.py does it. */

const ROUNDING = 1e-6; // of sums of shares

/**
 * The probabilities that the next token is drawn from; all 0 where no token may come.
 *
 * @param {Float32Array} logits minus infinity for a token that must not come
 * @param {{temperature: number, top_k: number, top_p: number, min_p: number}} how
 */
export function distribution(logits, { temperature, top_k: topK, top_p: topP, min_p: minP }) {
  if (temperature === 0) return mostProbable(logits);
  let shares = softmax(logits, temperature);
  if (topK) shares = kept(shares, ranked(shares).slice(0, topK));
  if (topP < 1) shares = kept(shares, nucleus(shares, topP));
  if (minP > 0) {
    const least = minP * most(shares);
    shares = kept(shares, ranked(shares).filter((token) => shares[token] >= least));
  }
  return shares;
}

/** The token at which the running sum of shares passes a point, a share of their sum. */
export function draw(shares, point) {
  const goal = point * shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  let last = 0;
  for (let token = 0; token < shares.length; token++) {
    if (shares[token] > 0) last = token;
    sum += shares[token];
    if (sum > goal) return token;
  }
  return last; // where rounding took the goal up to the sum itself
}

/** The logarithm of a token's probability, in nats. */
export function logProbability(logits, token) {
  const highest = most(logits);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return logits[token] - highest - Math.log(sum);
}

const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);

function softmax(logits, temperature) {
  const shares = new Float64Array(logits.length);
  const highest = most(logits);
  if (highest === -Infinity) return shares;
  let sum = 0;
  logits.forEach((logit, token) => {
    shares[token] = Math.exp((logit - highest) / temperature);
    sum += shares[token];
  });
  return shares.map((share) => share / sum);
}

function mostProbable(logits) {
  const shares = new Float64Array(logits.length);
  const highest = most(logits);
  if (highest > -Infinity) shares[logits.indexOf(highest)] = 1;
  return shares;
}

/** The tokens from the largest share down, equals by id. */
function ranked(shares) {
  return [...shares.keys()].sort((a, b) => shares[b] - shares[a] || a - b);
}

/** The fewest largest shares that sum to so much. */
function nucleus(shares, mass) {
  const tokens = ranked(shares);
  let sum = 0;
  const count = tokens.findIndex((token) => (sum += shares[token]) >= mass - ROUNDING);
  return count < 0 ? tokens : tokens.slice(0, count + 1);
}

/** Some tokens' shares, made to sum to 1. */
function kept(shares, tokens) {
  const found = new Float64Array(shares.length);
  const total = tokens.reduce((sum, token) => sum + shares[token], 0);
  for (const token of tokens) found[token] = total > 0 ? shares[token] / total : 0;
  return found;
}

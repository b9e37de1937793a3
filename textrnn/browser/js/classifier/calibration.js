/** How a classifier's logits become probabilities, as textrnn/heads/classifier/calibration.py says. */

const TYPICAL_TOKENS = 100;
const FEWEST = 10;
const MOST = 1000;

/**
 * The probabilities of a text's labels.
 *
 * @param logits of the network, a number a label.
 * @param {number} tokens of the text.
 * @param scores of the bag of n-grams; undefined where there is none.
 * @param serving the manifest's numbers.
 */
export function probabilities(logits, tokens, scores, serving) {
  const times = Math.min(Math.max(tokens, FEWEST), MOST) / TYPICAL_TOKENS;
  const share = (serving.bag_share ?? 0) * times ** (serving.bag_share_growth ?? 0);
  const divisor = (serving.temperature ?? 1) * times ** (serving.temperature_growth ?? 0);
  return softmax(
    Array.from(logits, (logit, i) => (logit + (scores ? share * scores[i] : 0)) / divisor),
  );
}

export function softmax(logits) {
  const most = Math.max(...logits);
  const shares = logits.map((logit) => Math.exp(logit - most));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

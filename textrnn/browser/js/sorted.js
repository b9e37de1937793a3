/**
 * The place of a number among rising ones; -1 where it is not there.
 *
 * @param {ArrayLike<number>} rising
 * @param {number} sought
 */
export function placeOf(rising, sought) {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] < sought) low = middle + 1;
    else high = middle;
  }
  return rising[low] === sought ? low : -1;
}

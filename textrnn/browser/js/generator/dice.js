/**
 * Numbers from 0 to below 1, the same as in Python: NumPy's PCG64, seeded as its SeedSequence does
 * (O'Neill 2014), so that a random state gives the same text here and there.
 */

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const POOL = 4; // words of 32 bits
const word = (value) => value >>> 0;
const shifted = (value) => word(value ^ (value >>> 16));

export class Dice {
  /** @param {number} randomState a whole number from 0 on */
  constructor(randomState) {
    const words = seeded(randomState);
    const wide = (i) => BigInt(words[i]) | (BigInt(words[i + 1]) << 32n);
    this.increment = (((wide(4) << 64n) | wide(6)) << 1n) | 1n;
    this.state = 0n;
    this.step();
    this.state += (wide(0) << 64n) | wide(2);
    this.step();
  }

  /** The next number, of 53 random bits. */
  roll() {
    this.step();
    const high = this.state >> 64n;
    const mixed = BigInt.asUintN(64, high ^ this.state);
    const turns = high >> 58n;
    const turned = BigInt.asUintN(64, (mixed >> turns) | (mixed << (64n - turns)));
    return Number(turned >> 11n) * 2 ** -53;
  }

  step() {
    this.state = BigInt.asUintN(128, this.state * MULTIPLIER + this.increment);
  }
}

/** The eight words of 32 bits that a generator begins with. */
function seeded(randomState) {
  const entropy = [word(randomState % 2 ** 32), word(Math.floor(randomState / 2 ** 32)), 0, 0];
  let constant = 0x43b0d7e5;
  const hashed = (value) => {
    const mixed = value ^ constant;
    constant = word(Math.imul(constant, 0x931e8875));
    return shifted(Math.imul(mixed, constant));
  };
  const mixed = (x, y) => shifted(Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y));
  const pool = entropy.map(hashed);
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) {
      if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
    }
  }
  let last = 0x8b51f9dd;
  return Array.from({ length: 2 * POOL }, (_, i) => {
    const value = pool[i % POOL] ^ last;
    last = word(Math.imul(last, 0x58f38ded));
    return shifted(Math.imul(value, last));
  });
}

/** Numbers that only look random: the same for the same seed, on every platform. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** True once in so many times. */
  oneIn(times: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function createRandom(...seeds: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const seed of seeds) state = mix(Math.imul(state ^ seed, 0x85ebca6b) + Math.trunc(seed / 2 ** 32));

  /** Mulberry32, by Tommy Ettinger. */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state);
  }

  return {
    below: (end) => Math.floor((next() / 2 ** 32) * end),
    oneIn: (times) => next() < 2 ** 32 / times,
    pick(from) {
      const picked = from[Math.floor((next() / 2 ** 32) * from.length)];
      if (picked === undefined) throw new Error("there is nothing to pick from");
      return picked;
    },
  };
}

function mix(seed: number): number {
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

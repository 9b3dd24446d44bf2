import type { JobSize, Size } from "../partition/job-sizes.ts";
import { addSizes, NOTHING } from "../partition/job-sizes.ts";

/** How much each shard holds of each job, so that a bound over all of them can be held by each. */
export interface SizesByShard {
  /** The shard holds that much of these jobs now. */
  note(shard: number, sizes: readonly JobSize[]): void;
  /** The shard holds that and nothing else. Answers of which jobs it may hold more or less than before. */
  adopt(shard: number, sizes: readonly JobSize[]): string[];
  /** How much all other shards hold of these jobs; without a list, of all. */
  elsewhere(shard: number, jobs?: readonly string[]): JobSize[];
}

export function createSizesByShard(): SizesByShard {
  const shards = new Map<number, Map<string, Size>>();

  function sizesOf(shard: number): Map<string, Size> {
    let sizes = shards.get(shard);
    if (sizes === undefined) shards.set(shard, (sizes = new Map()));
    return sizes;
  }

  function note(shard: number, sizes: readonly JobSize[]): void {
    const known = sizesOf(shard);
    for (const { job, series, sources } of sizes) {
      if (sources === 0) known.delete(job);
      else known.set(job, { series, sources });
    }
  }

  return {
    note,
    adopt(shard, sizes) {
      const before = [...sizesOf(shard).keys()];
      shards.delete(shard);
      note(shard, sizes);
      return [...new Set([...before, ...sizes.map(({ job }) => job)])];
    },
    elsewhere(shard, jobs) {
      const others = [...shards].flatMap(([number, sizes]) => (number === shard ? [] : [sizes]));
      const asked = jobs ?? [...new Set(others.flatMap((sizes) => [...sizes.keys()]))];
      return asked.map((job) => {
        const { series, sources } = others.reduce(
          (sum, sizes) => addSizes(sum, sizes.get(job) ?? NOTHING),
          NOTHING,
        );
        return { job, series, sources };
      });
    },
  };
}

import type { BulkRef } from "../core/exposition/write/writer.ts";
import { roomFor } from "../core/view/bulk-memory.ts";
import type { Deflated } from "../platform/gzip/deflated.ts";
import type { FetchBulks, Piece } from "../platform/view-pieces.ts";
import type { ShardThread } from "./shard-thread.ts";
import type { BulkSection } from "./write-bulks.ts";

/** A thread's share of what is fetched. */
interface Share {
  readonly thread: ShardThread;
  readonly sections: {
    readonly at: number;
    readonly section: BulkSection & { readonly partitions: number[] };
  }[];
  samples: number;
}

/**
 * Bulks as they are, from the threads of their partitions. They are written to memory that is used again for the
 * whole view: new memory for each of 160 MB took half of a scrape's time.
 */
export function fetchPlain(owners: ReadonlyMap<number, ShardThread>, scrape: number): FetchBulks<Piece> {
  /** Two for each thread: what it has written before is being sent. */
  const memories = [new Map<ShardThread, SharedArrayBuffer>(), new Map<ShardThread, SharedArrayBuffer>()];
  return async (sections) => {
    const memoryOf = memories.shift() ?? new Map<ShardThread, SharedArrayBuffer>();
    memories.push(memoryOf);
    return await fetchShares<Piece>(sections, owners, scrape, ({ thread, samples }) => {
      const needed = roomFor(samples);
      const last = memoryOf.get(thread);
      if (last !== undefined && last.byteLength >= needed) return last;
      const memory = new SharedArrayBuffer(needed);
      memoryOf.set(thread, memory);
      return memory;
    });
  };
}

/** Bulks that their threads compress, all at once. */
export function fetchDeflated(
  owners: ReadonlyMap<number, ShardThread>,
  scrape: number,
): FetchBulks<Deflated> {
  return (sections) => fetchShares<Deflated>(sections, owners, scrape, () => undefined);
}

async function fetchShares<Chunk>(
  sections: readonly (readonly BulkRef[])[],
  owners: ReadonlyMap<number, ShardThread>,
  scrape: number,
  memoryOf: (share: Share) => SharedArrayBuffer | undefined,
): Promise<Chunk[][]> {
  const shares = sharesOf(sections, owners);
  const answers = await Promise.all(
    shares.map((share) => {
      const own = share.sections.map(({ section }) => section);
      const task = { kind: "bulks", scrape, sections: own, memory: memoryOf(share) } as const;
      return share.thread.ask<Chunk[][]>(task);
    }),
  );
  const chunks: Chunk[][] = sections.map(() => []);
  for (const [k, share] of shares.entries()) {
    for (const [i, { at }] of share.sections.entries()) chunks[at]?.push(...(answers[k]?.[i] ?? []));
  }
  return chunks;
}

function sharesOf(
  sections: readonly (readonly BulkRef[])[],
  owners: ReadonlyMap<number, ShardThread>,
): Share[] {
  const shares = new Map<ShardThread, Share>();
  for (const [at, section] of sections.entries()) {
    for (const { partition, family, samples } of section) {
      const thread = owners.get(partition);
      if (thread === undefined) continue;
      let share = shares.get(thread);
      if (share === undefined) shares.set(thread, (share = { thread, sections: [], samples: 0 }));
      let last = share.sections.at(-1);
      if (last?.at !== at || last.section.family !== family) {
        last = { at, section: { family, partitions: [] } };
        share.sections.push(last);
      }
      last.section.partitions.push(partition);
      share.samples += samples;
    }
  }
  return [...shares.values()];
}

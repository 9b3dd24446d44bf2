import type { BodyMemory, PlacedBody } from "../platform/body-coding/body-sink.ts";

/** A body in memory that the threads share with the front. It must be given back when its push is done. */
export type PooledBody = PlacedBody<SharedArrayBuffer>;

/**
 * The memory in which bodies arrive, used again and again.
 *
 * One fresh buffer a push made Node 24 run a full collection every 50 ms, and page faults of new memory
 * cost as much as reading the body. Shared memory can be used again while nothing is transferred:
 * a thread reads a body where it arrived.
 */
export interface BodyPool extends BodyMemory<SharedArrayBuffer> {
  /** Lets go of half of what lies idle. */
  trim(): void;
  inflightBytes(): number;
}

const SMALLEST_BYTES = 64 * 1024;

export function createBodyPool(maxInflightBytes: number): BodyPool {
  /** By size. */
  const idle = new Map<number, SharedArrayBuffer[]>();
  let inflightBytes = 0;

  return {
    take(byteLength) {
      const size = sizeFor(byteLength);
      if (inflightBytes + size > maxInflightBytes && inflightBytes > 0) return undefined;
      inflightBytes += size;
      return idle.get(size)?.pop() ?? new SharedArrayBuffer(size);
    },
    give(memory) {
      inflightBytes -= memory.byteLength;
      const ofSize = idle.get(memory.byteLength);
      if (ofSize === undefined) idle.set(memory.byteLength, [memory]);
      else ofSize.push(memory);
    },
    trim() {
      for (const [size, memories] of idle) {
        memories.length = Math.floor(memories.length / 2);
        if (memories.length === 0) idle.delete(size);
      }
    },
    inflightBytes: () => inflightBytes,
  };
}

/** In steps of a quarter of a power of two: a whole power would waste up to half. */
function sizeFor(byteLength: number): number {
  if (byteLength <= SMALLEST_BYTES) return SMALLEST_BYTES;
  const step = 2 ** (Math.floor(Math.log2(byteLength)) - 2);
  return Math.ceil(byteLength / step) * step;
}

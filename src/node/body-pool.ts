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
export type BodyPool = BodyMemory<SharedArrayBuffer>;

/** The one that all others take from. */
export interface WholePool extends BodyPool {
  /** Lets go of half of what lies idle. */
  trim(): void;
  inflightBytes(): number;
}

/** What of a pool may be in use. */
export interface PoolBounds {
  readonly maxInflightBytes: number;
  readonly maxInflightRequests: number;
}

const SMALLEST_BYTES = 64 * 1024;

export function createBodyPool({ maxInflightBytes, maxInflightRequests }: PoolBounds): WholePool {
  /** By size. */
  const idle = new Map<number, SharedArrayBuffer[]>();
  let inflightBytes = 0;
  let inflight = 0;

  return {
    take(byteLength) {
      const size = sizeFor(byteLength);
      if (inflight >= maxInflightRequests) return "--limit.inflight-requests";
      if (inflightBytes + size > maxInflightBytes && inflight > 0) return "--limit.inflight-bytes";
      inflightBytes += size;
      inflight += 1;
      return idle.get(size)?.pop() ?? new SharedArrayBuffer(size);
    },
    give(memory) {
      inflightBytes -= memory.byteLength;
      inflight -= 1;
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

/** The same memory for one user, who may have so much of it at a time. */
export function createPoolShare(pool: BodyPool, maxBytes: number): BodyPool {
  let bytes = 0;
  return {
    take(byteLength) {
      if (bytes + byteLength > maxBytes && bytes > 0) return "--limit.waiting-bytes";
      const memory = pool.take(byteLength);
      if (typeof memory !== "string") bytes += memory.byteLength;
      return memory;
    },
    give(memory) {
      bytes -= memory.byteLength;
      pool.give(memory);
    },
  };
}

/** In steps of a quarter of a power of two: a whole power would waste up to half. */
function sizeFor(byteLength: number): number {
  if (byteLength <= SMALLEST_BYTES) return SMALLEST_BYTES;
  const step = 2 ** (Math.floor(Math.log2(byteLength)) - 2);
  return Math.ceil(byteLength / step) * step;
}

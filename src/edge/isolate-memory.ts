/** What takes part of an isolate's memory for as long as it is there. */
interface Holder {
  /** About how many bytes. */
  footprint(): number;
}

/**
 * The memory of an isolate: 128 MB for all objects that the platform has put into it, and nobody is told how much of
 * that is left. So it is counted here, where all of them meet.
 */
export interface IsolateMemory {
  /** Counts what a partition takes. What stood under its number before has gone. */
  count(partition: number, holder: Holder): void;
  heldBytes(): number;
  /** Whether there is room for so much more of bodies, which is taken then. */
  take(this: void, bytes: number, mostBytes: number): boolean;
  give(this: void, bytes: number): void;
}

export function createIsolateMemory(): IsolateMemory {
  // An object that the platform has evicted tells nobody: it is counted until its memory is free.
  const holders = new Map<number, WeakRef<Holder>>();
  let inflightBytes = 0;
  return {
    count(partition, holder) {
      holders.set(partition, new WeakRef(holder));
    },
    heldBytes() {
      let bytes = 0;
      for (const holder of holders.values()) bytes += holder.deref()?.footprint() ?? 0;
      return bytes;
    },
    take(bytes, mostBytes) {
      if (inflightBytes + bytes > mostBytes) return false;
      inflightBytes += bytes;
      return true;
    },
    give(bytes) {
      inflightBytes -= bytes;
    },
  };
}

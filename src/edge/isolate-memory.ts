/** What takes part of an isolate's memory for as long as it is there. */
interface Holder {
  /** About how many bytes it holds. */
  heldBytes(): number;
  /** Of bodies that it is receiving. */
  inflightBytes(): number;
}

/**
 * The memory of an isolate: 128 MB for all objects that the platform has put into it, and nobody is told how much of
 * that is left. So it is counted here, where all of them meet.
 */
export interface IsolateMemory extends Holder {
  /** Counts what a partition takes. What stood under its number before has gone, with what it was doing. */
  count(partition: number, holder: Holder): void;
}

export function createIsolateMemory(): IsolateMemory {
  // An object that the platform ends tells nobody: it is counted until its memory is free.
  const holders = new Map<number, WeakRef<Holder>>();

  function sum(of: (holder: Holder) => number): number {
    let bytes = 0;
    for (const ref of holders.values()) {
      const holder = ref.deref();
      if (holder !== undefined) bytes += of(holder);
    }
    return bytes;
  }

  return {
    count(partition, holder) {
      holders.set(partition, new WeakRef(holder));
    },
    heldBytes: () => sum((holder) => holder.heldBytes()),
    inflightBytes: () => sum((holder) => holder.inflightBytes()),
  };
}

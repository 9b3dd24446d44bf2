/** Where the lines of a bulk are written. */
export interface BulkMemory {
  /** At least so many bytes, which nobody else writes to while the bulk is in use. */
  take(bytes: number): Uint8Array;
}

/** Of a line of Flink, with room to spare. */
const LINE_BYTES = 600;
/** Larger pieces are new pages of memory each time, which cost more than several of these. */
const MOST_BYTES = 64 * 1024;

/** Room for so many lines of the usual length. */
export function roomFor(lines: number): number {
  return lines * LINE_BYTES;
}

/** New memory, for bytes that somebody keeps: one piece where `lines` are few. */
export function freshMemory(lines: number): BulkMemory {
  const usual = Math.min(roomFor(lines), MOST_BYTES);
  return { take: (bytes) => new Uint8Array(Math.max(usual, bytes)) };
}

/** Memory that is there already, for bytes that are gone before it is used again. What it does not hold is written to new memory. */
export function reusedMemory(memory: Uint8Array): BulkMemory {
  let isTaken = false;
  const more = freshMemory(Number.POSITIVE_INFINITY);
  return {
    take(bytes) {
      if (isTaken || bytes > memory.length) return more.take(bytes);
      isTaken = true;
      return memory;
    },
  };
}

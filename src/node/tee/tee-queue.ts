/** A push or DELETE as it was received, less what belongs to its connection. */
export interface Copy {
  readonly method: string;
  /** Below the route prefix, percent-encoded as it was sent. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/**
 * Copies that wait to be sent. Those of one path go out in the order in which they came, one at a time; a PUT or
 * DELETE takes the place of what still waits of its path, since nothing of that would be left.
 */
export interface TeeQueue {
  /** Takes room for a part of a body that is being received. False where there is none. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  /** How many copies it takes the place of; undefined where there is no room for it. */
  add(copy: Copy): number | undefined;
  /** The next that may be sent. Its room stays taken until `done`. */
  next(): Copy | undefined;
  done(copy: Copy): void;
  /** Of all that is being received, waits, or is under way. */
  bytes(): number;
}

/** What a copy takes beside its body. */
const HEAD_BYTES = 1_024;

export function createTeeQueue(maxBytes: number): TeeQueue {
  /** By path, in the order in which the oldest copy of each came. */
  const waiting = new Map<string, Copy[]>();
  const underWay = new Set<string>();
  let heldBytes = 0;

  function reserve(bytes: number): boolean {
    if (heldBytes + bytes > maxBytes) return false;
    heldBytes += bytes;
    return true;
  }

  return {
    reserve,
    release(bytes) {
      heldBytes -= bytes;
    },
    add(copy) {
      const ofPath = waiting.get(copy.path) ?? [];
      const superseded = copy.method === "POST" ? [] : ofPath;
      const freed = superseded.reduce((sum, each) => sum + sizeOf(each), 0);
      if (!reserve(sizeOf(copy) - freed)) return undefined;
      waiting.set(copy.path, superseded.length > 0 ? [copy] : [...ofPath, copy]);
      return superseded.length;
    },
    next() {
      for (const [path, [first, ...others]] of waiting) {
        if (first === undefined || underWay.has(path)) continue;
        if (others.length > 0) waiting.set(path, others);
        else waiting.delete(path);
        underWay.add(path);
        return first;
      }
      return undefined;
    },
    done(copy) {
      underWay.delete(copy.path);
      heldBytes -= sizeOf(copy);
    },
    bytes: () => heldBytes,
  };
}

function sizeOf({ body }: Copy): number {
  return HEAD_BYTES + body.length;
}

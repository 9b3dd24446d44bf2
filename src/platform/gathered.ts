import { Buffer } from "node:buffer";

/** Bytes that come in small parts, and are taken together. */
export interface Gathered {
  add(bytes: Uint8Array): void;
  bytes(): number;
  /** A copy of all that was added since the last time. */
  take(): Uint8Array;
}

export function createGathered(): Gathered {
  let held: Uint8Array[] = [];
  let length = 0;
  return {
    add(bytes) {
      held.push(bytes);
      length += bytes.length;
    },
    bytes: () => length,
    take() {
      const taken = Buffer.concat(held, length);
      held = [];
      length = 0;
      return taken;
    },
  };
}

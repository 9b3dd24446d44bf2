import { Buffer } from "node:buffer";
import type { Bytes } from "../core/bytes.ts";

/** The core's byte operations, by the native code of Node's `Buffer`, which workerd has too. */
export const nodeBytes: Bytes = {
  equal(a, aStart, aEnd, b, bStart, bEnd) {
    return (
      aEnd - aStart === bEnd - bStart && Buffer.prototype.compare.call(a, b, bStart, bEnd, aStart, aEnd) === 0
    );
  },
  copy(from, to) {
    // `to.set(from)` goes byte by byte where `from` lies in shared memory.
    Buffer.prototype.copy.call(from, to);
  },
  indexOf(bytes, byte, from) {
    return bytes.indexOf(byte, from);
  },
  latin1Slice(bytes, start, end) {
    return Buffer.prototype.latin1Slice.call(bytes, start, end);
  },
};

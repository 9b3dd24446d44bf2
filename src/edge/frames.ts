import { owned } from "../http/stream-of.ts";
import { Buffer } from "node:buffer";

const LENGTH_BYTES = 4;

/** The head of a frame of that many bytes. */
function lengthOf(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(LENGTH_BYTES);
  new DataView(head.buffer).setUint32(0, bytes.length);
  return head;
}

/** Bytes that can be told apart again where they arrive. */
export function frame(bytes: Uint8Array): [head: Uint8Array, bytes: Uint8Array] {
  return [lengthOf(bytes), bytes];
}

/** A stream that makes its pieces when they are asked for: only such bytes may cross from one object to another. */
export function byteStream(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const next = iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(owned(next.value));
    },
    cancel() {
      iterator.return?.();
    },
  });
}

/** Reads what was written so. Rejects where the stream ends before what is asked for. */
export interface FrameReader {
  /** The next bytes, which stand without a head. */
  bytes(length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The next frame. `admit` hears of its length before it is read, and may throw. */
  frame(admit?: (length: number) => void): Promise<Uint8Array<ArrayBuffer>>;
  /** Whoever writes may stop. */
  cancel(this: void): void;
}

export function createFrameReader(stream: ReadableStream<Uint8Array>): FrameReader {
  const reader = stream.getReader();
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  async function bytes(length: number): Promise<Uint8Array<ArrayBuffer>> {
    while (heldBytes < length) {
      const { value } = await reader.read();
      if (value === undefined) throw new Error("it ended before all was sent");
      held.push(value);
      heldBytes += value.length;
    }
    const all = Buffer.concat(held, heldBytes);
    held = [all.subarray(length)];
    heldBytes -= length;
    return all.subarray(0, length);
  }

  return {
    bytes,
    async frame(admit) {
      const head = await bytes(LENGTH_BYTES);
      const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
      admit?.(length);
      return await bytes(length);
    },
    cancel() {
      reader.cancel().catch(() => {});
    },
  };
}

import { Buffer } from "node:buffer";
import type { Piece } from "../view-pieces.ts";
import type { Deflated } from "./deflated.ts";
import { deflated } from "./deflated.ts";
import { combineCrc32 } from "./crc32-combine.ts";

/** RFC 1952, 2.3: deflate, no flags, no time, no system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** RFC 1951: a last block, with nothing in it. */
const END = Uint8Array.of(3, 0);
const TRAILER_BYTES = 8;
/** A write to the socket for each part would cost more than what is in it. */
const PIECE_BYTES = 64 * 1024;

/**
 * A view as one gzip file, of which some pieces come compressed: by the threads that have written them, all at once,
 * where a stream would have one thread compress all of it. The others are compressed while the next are made.
 *
 * It is one member, because curl and browsers read the first alone.
 */
export async function* gzipOf(pieces: AsyncIterable<Piece | Deflated>): AsyncIterable<Piece> {
  let sum = 0;
  let plainBytes = 0;
  let held: Uint8Array[] = [HEADER];
  let bytes = HEADER.length;

  async function hold(part: Deflated | Promise<Deflated>): Promise<void> {
    const { bytes: more, crc32, plainBytes: madeOf } = await part;
    sum = combineCrc32(sum, crc32, madeOf);
    plainBytes += madeOf;
    held.push(more);
    bytes += more.length;
  }

  function taken(): Piece {
    const piece = Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
    return piece;
  }

  let last: Deflated | Promise<Deflated> | undefined;
  for await (const piece of pieces) {
    const next = piece instanceof Uint8Array ? deflated(piece) : piece;
    if (next instanceof Promise) next.catch(() => {}); // who stops reading does not wait for it
    if (last !== undefined) await hold(last);
    last = isLent(piece) ? await next : next;
    if (bytes >= PIECE_BYTES) yield taken();
  }
  if (last !== undefined) await hold(last);
  held.push(END, trailer(sum, plainBytes));
  bytes += END.length + TRAILER_BYTES;
  yield taken();
}

function isLent(piece: Piece | Deflated): boolean {
  return piece instanceof Uint8Array && piece.buffer instanceof SharedArrayBuffer;
}

function trailer(sum: number, plainBytes: number): Piece {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sum, true);
  view.setUint32(4, plainBytes % 2 ** 32, true);
  return bytes;
}

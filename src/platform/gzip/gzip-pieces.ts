import type { Gathered } from "../gathered.ts";
import { createGathered } from "../gathered.ts";
import type { Piece } from "../view-pieces.ts";
import type { Deflated } from "./deflated.ts";
import { deflated } from "./deflated.ts";
import { combineCrc32 } from "./crc32-combine.ts";

/** RFC 1952, 2.3: deflate, no flags, no time, no system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** RFC 1951: a last block, with nothing in it. */
const END = Uint8Array.of(3, 0);
/** A write to the socket for each part would cost more than what is in it. */
const PIECE_BYTES = 64 * 1024;
/** Zlib begins anew with each part: its memory, and what it has seen before. */
const PART_BYTES = 512 * 1024;

/**
 * A view as one gzip file, of which some pieces come compressed: by the threads that have written them, all at once,
 * where a stream would have one thread compress all of it. The others are compressed while the next are made.
 *
 * It is one member, because curl and browsers read the first alone.
 */
export async function* gzipOf(pieces: AsyncIterable<Piece | Deflated>): AsyncIterable<Piece> {
  const file = createFile();
  const plain = createGathered();
  let last: Deflated | Promise<Deflated> | undefined;

  async function add(part: Deflated | Promise<Deflated>): Promise<void> {
    if (last !== undefined) file.add(await last);
    last = part;
  }

  for await (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      plain.add(isLent(piece) ? Uint8Array.from(piece) : piece);
      if (plain.bytes() >= PART_BYTES) await add(beside(plain.take()));
    } else {
      if (plain.bytes() > 0) await add(beside(plain.take()));
      await add(piece);
    }
    if (file.bytes() >= PIECE_BYTES) yield file.take();
  }
  if (plain.bytes() > 0) await add(beside(plain.take()));
  if (last !== undefined) file.add(await last);
  yield file.end();
}

function beside(plain: Uint8Array): Promise<Deflated> {
  const compressed = deflated(plain);
  compressed.catch(() => {}); // who stops reading does not wait for it
  return compressed;
}

function isLent({ buffer }: Piece): boolean {
  return buffer instanceof SharedArrayBuffer;
}

/** RFC 1952: what stands around the parts. */
function createFile(): Pick<Gathered, "bytes" | "take"> & { add(part: Deflated): void; end(): Piece } {
  const written = createGathered();
  let sum = 0;
  let plainBytes = 0;
  written.add(HEADER);
  return {
    add({ bytes, crc32, plainBytes: more }) {
      sum = combineCrc32(sum, crc32, more);
      plainBytes += more;
      written.add(bytes);
    },
    bytes: () => written.bytes(),
    take: () => written.take(),
    end() {
      written.add(END);
      written.add(trailer(sum, plainBytes));
      return written.take();
    },
  };
}

function trailer(sum: number, plainBytes: number): Piece {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sum, true);
  view.setUint32(4, plainBytes % 2 ** 32, true);
  return bytes;
}

import { Buffer } from "node:buffer";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import { endOf, writeLines, writeMessages } from "../core/exposition/write/write-families.ts";
import type { BulkRef, BulksOf, Rendered, WrittenFamily } from "../core/exposition/write/writer.ts";
import { createGathered } from "./gathered.ts";
import type { Deflated } from "./gzip/deflated.ts";
import type { ViewSlice } from "./view-slices.ts";
import { slicesOf } from "./view-slices.ts";

const PIECE_BYTES = 256 * 1024;
/** A chunk of that size is worth a write of its own, and no copy. */
const WHOLE_BYTES = 16 * 1024;

/** Bytes of a view. Those in shared memory are lent: they change when the next piece is asked for. */
export type Piece = Uint8Array;

/**
 * The bulks of some sections, in chunks; parallel to what is asked for. What was answered before the last time is
 * not read any more.
 */
export type FetchBulks<Chunk extends Piece | Deflated> = (
  sections: readonly (readonly BulkRef[])[],
) => Promise<readonly (readonly Chunk[])[]>;

/**
 * A view in pieces of a size that suits a socket. Bulks are fetched some at a time, while those before them are taken.
 * Rejects where they cannot be had any more: half of a view is none.
 */
export async function* piecesOfView<Chunk extends Piece | Deflated>(
  families: readonly WrittenFamily[],
  format: ViewFormat,
  fetch: FetchBulks<Chunk>,
): AsyncIterable<Piece | Chunk> {
  const slices = slicesOf(families, format);
  let fetched = fetchAhead(slices[0], fetch);
  for (const [i, slice] of slices.entries()) {
    const { families: written, sections } = slice;
    const chunks = await fetched;
    fetched = fetchAhead(slices[i + 1], fetch);
    const bulks = new Map(sections.map((section, k) => [section, chunks[k] ?? []]));
    yield* piecesOf(write(written, format, (section) => bulks.get(section) ?? []));
  }
  yield* piecesOf([endOf(format)]);
}

function fetchAhead<Chunk extends Piece | Deflated>(
  slice: ViewSlice | undefined,
  fetch: FetchBulks<Chunk>,
): ReturnType<FetchBulks<Chunk>> {
  if (slice === undefined || slice.sections.length === 0) return Promise.resolve([]);
  const fetched = fetch(slice.sections);
  // Who has stopped reading does not wait for it either.
  fetched.catch(() => {});
  return fetched;
}

function write<Chunk extends Piece | Deflated>(
  families: readonly WrittenFamily[],
  { encoding }: ViewFormat,
  bulksOf: BulksOf<Chunk>,
): Iterable<Rendered | Chunk> {
  if (encoding !== "protobuf") return writeLines(families, encoding, bulksOf);
  return writeMessages(families, (section) => bulksOf(section).map(plain));
}

function plain(chunk: Piece | Deflated): Piece {
  if (chunk instanceof Uint8Array) return chunk;
  throw new Error("BUG: the length of a message is not known from what is compressed");
}

/**
 * Chunks in pieces of about one size: a write to a socket for each of ten thousand families and partitions would
 * cost more than their bytes. One piece at a time is made, when it is asked for.
 */
export function piecesOf(chunks: Iterable<Rendered>): Iterable<Piece>;
export function piecesOf<Whole extends Piece | Deflated>(
  chunks: Iterable<Rendered | Whole>,
): Iterable<Piece | Whole>;
export function* piecesOf(chunks: Iterable<Rendered | Deflated>): Iterable<Piece | Deflated> {
  const held = createGathered();
  /** Not yet encoded: a family's text follows its comment lines, and small families follow each other. */
  let text = "";

  function holdText(): void {
    if (text === "") return;
    held.add(Buffer.from(text));
    text = "";
  }

  for (const chunk of chunks) {
    if (typeof chunk === "string") text += chunk;
    else {
      holdText();
      if (!(chunk instanceof Uint8Array) || chunk.length >= WHOLE_BYTES) {
        if (held.bytes() > 0) yield held.take();
        yield chunk;
        continue;
      }
      held.add(chunk);
    }
    if (held.bytes() + text.length < PIECE_BYTES) continue;
    holdText();
    yield held.take();
  }
  holdText();
  if (held.bytes() > 0) yield held.take();
}

import { Buffer } from "node:buffer";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import { endOf, writeFamilies } from "../core/exposition/write/write-families.ts";
import type { BulkRef, Rendered, WrittenFamily } from "../core/exposition/write/writer.ts";

const PIECE_BYTES = 256 * 1024;
/** A chunk of that size is worth a write of its own, and no copy. */
const WHOLE_BYTES = 16 * 1024;
/** Rendering so many samples takes two threads some 3 ms, and their pushes wait for no longer. */
const SLICE_SAMPLES = 16_000;

export type Piece = Uint8Array<ArrayBuffer>;

/** The bulks of a view, each in chunks; parallel to what is asked for. */
export type FetchBulks = (refs: readonly BulkRef[]) => Promise<readonly (readonly Piece[])[]>;

/**
 * A view in pieces of a size that suits a socket. Bulks are fetched for some families at a time, while those before
 * them are taken. Rejects where they cannot be had any more: half of a view is none.
 */
export async function* piecesOfView(
  families: readonly WrittenFamily[],
  format: ViewFormat,
  fetch: FetchBulks,
): AsyncIterable<Piece> {
  const slices = slicesOf(families).map((slice) => ({ slice, refs: slice.flatMap(refsOf) }));
  let fetched = fetchAhead(slices[0]?.refs, fetch);
  for (const [i, { slice, refs }] of slices.entries()) {
    const chunks = await fetched;
    fetched = fetchAhead(slices[i + 1]?.refs, fetch);
    const bulks = new Map(refs.map((ref, k) => [ref, chunks[k] ?? []]));
    yield* piecesOf(writeFamilies(slice, format, (ref) => bulks.get(ref) ?? []));
  }
  yield* piecesOf([endOf(format)]);
}

function fetchAhead(refs: readonly BulkRef[] = [], fetch: FetchBulks): ReturnType<FetchBulks> {
  if (refs.length === 0) return Promise.resolve([]);
  const fetched = fetch(refs);
  // Who has stopped reading does not wait for it either.
  fetched.catch(() => {});
  return fetched;
}

function slicesOf(families: readonly WrittenFamily[]): WrittenFamily[][] {
  const slices: WrittenFamily[][] = [];
  let slice: WrittenFamily[] = [];
  let samples = 0;
  for (const family of families) {
    const more = refsOf(family).reduce((sum, ref) => sum + ref.samples, 0);
    if (samples > 0 && samples + more > SLICE_SAMPLES) {
      slices.push(slice);
      slice = [];
      samples = 0;
    }
    slice.push(family);
    samples += more;
  }
  return slice.length === 0 ? slices : [...slices, slice];
}

function refsOf({ sections }: WrittenFamily): BulkRef[] {
  return sections.flatMap(({ bulks }) => bulks);
}

/**
 * Chunks in pieces of about one size: a write to a socket for each of ten thousand families and partitions would
 * cost more than their bytes. One piece at a time is made, when it is asked for.
 */
export function* piecesOf(chunks: Iterable<Rendered>): Iterable<Piece> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  /** Not yet encoded: a family's text follows its comment lines, and small families follow each other. */
  let text = "";

  function holdText(): void {
    if (text === "") return;
    const encoded = Buffer.from(text);
    held.push(encoded);
    bytes += encoded.length;
    text = "";
  }

  function taken(): Piece {
    const piece = Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
    return piece;
  }

  for (const chunk of chunks) {
    if (typeof chunk === "string") text += chunk;
    else {
      holdText();
      if (chunk.length >= WHOLE_BYTES && chunk.buffer instanceof ArrayBuffer) {
        if (bytes > 0) yield taken();
        yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
        continue;
      }
      held.push(chunk);
      bytes += chunk.length;
    }
    if (bytes + text.length < PIECE_BYTES) continue;
    holdText();
    yield taken();
  }
  holdText();
  if (bytes > 0) yield taken();
}

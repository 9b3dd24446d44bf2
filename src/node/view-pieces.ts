import { Buffer } from "node:buffer";
import type { FamilyText } from "../core/view/merge.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * The text of a view in pieces of about one size: a write to a socket for each of ten thousand families and
 * partitions would cost more than their bytes. One piece at a time is made, when it is asked for.
 */
export function* piecesOf(families: readonly FamilyText[]): Iterable<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for (const chunk of chunksOf(families)) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}

/** The same pieces; `onEnd` is told how many bytes they were once the last has been taken. */
export function* counted(pieces: Iterable<Uint8Array>, onEnd: (bytes: number) => void): Iterable<Uint8Array> {
  let bytes = 0;
  for (const piece of pieces) {
    bytes += piece.length;
    yield piece;
  }
  onEnd(bytes);
}

function* chunksOf(families: readonly FamilyText[]): Iterable<Uint8Array> {
  for (const { header, text, bulks } of families) {
    yield Buffer.from(header + text);
    yield* bulks;
  }
}

import { Buffer } from "node:buffer";
import type { Rendered } from "../core/exposition/write/writer.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * A view in pieces of about one size: a write to a socket for each of ten thousand families and partitions would
 * cost more than their bytes. One piece at a time is made, when it is asked for.
 */
export function* piecesOf(chunks: Iterable<Rendered>): Iterable<Uint8Array> {
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

  for (const chunk of chunks) {
    if (typeof chunk === "string") text += chunk;
    else {
      holdText();
      held.push(chunk);
      bytes += chunk.length;
    }
    if (bytes + text.length < PIECE_BYTES) continue;
    holdText();
    yield Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
  }
  holdText();
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

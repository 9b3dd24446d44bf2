import type { Buffer } from "node:buffer";

/**
 * Gives the memory of a chunk back at once, instead of when the collector comes by. The chunk is empty from then on.
 *
 * Node gives every 64 KB that a socket reads memory of its own. Freed at once, the next read gets the same piece while
 * the processor's cache still holds it: 1.15 → 0.84 ms of processor time a push of 700 KB, and 1,083 → 534 MB
 * of peak memory (two busy cores, Node 26).
 */
export function freeChunk({ buffer, length }: Buffer): void {
  // What is only a part of its memory shares it with others.
  if (buffer instanceof ArrayBuffer && length > 0 && buffer.byteLength === length) buffer.transfer(0);
}

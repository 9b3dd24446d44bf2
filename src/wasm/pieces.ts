import { equal, hashOf } from "./bytes";

/*
 * Pieces of text. Each is held once, however many layouts have it, and as long as one does.
 *
 *   piece   next u32 | references u32 | hash u32 | length u32 | tag f64 | number in the last scan u32 | bytes
 */

const NEXT: usize = 0;
const REFERENCES: usize = 4;
const HASH: usize = 8;
export const LENGTH: usize = 12;
/** What the caller knows it by; 0 where it knows nothing of it. */
const TAG: usize = 16;
export const NUMBER: usize = 24;
export const BYTES: usize = 28;

// By their hash: chains in as many buckets as there were pieces when it last grew.
let buckets: usize = 0;
let bucketMask: u32 = 0;
let pieceCount: u32 = 0;

/** One more reference to the piece. */
export function held(piece: usize): usize {
  store<u32>(piece, load<u32>(piece, REFERENCES) + 1, REFERENCES);
  return piece;
}

/** The piece with these bytes, which has one more reference from now on. */
export function intern(from: usize, end: usize): usize {
  let piece = known(from, end);
  if (piece != 0) return held(piece);
  const length = <u32>(end - from);
  if (buckets == 0 || pieceCount > bucketMask) grow();
  const bucket = buckets + ((<usize>(knownHash & bucketMask)) << 2);
  piece = heap.alloc(BYTES + length);
  store<u32>(piece, load<u32>(bucket), NEXT);
  store<u32>(piece, 1, REFERENCES);
  store<u32>(piece, knownHash, HASH);
  store<u32>(piece, length, LENGTH);
  store<f64>(piece, 0, TAG);
  store<u32>(piece, 0, NUMBER);
  memory.copy(piece + BYTES, from, length);
  store<u32>(bucket, <u32>piece);
  pieceCount++;
  return piece;
}

let knownHash: u32 = 0;

/** The piece with these bytes, or 0. `knownHash` is their hash from then on. */
export function known(from: usize, end: usize): usize {
  const length = <u32>(end - from);
  const hash = hashOf(from, length);
  knownHash = hash;
  if (buckets == 0) return 0;
  let piece: usize = load<u32>(buckets + ((<usize>(hash & bucketMask)) << 2));
  while (piece != 0) {
    if (
      load<u32>(piece, HASH) == hash &&
      load<u32>(piece, LENGTH) == length &&
      equal(from, piece + BYTES, length)
    )
      return piece;
    piece = load<u32>(piece, NEXT);
  }
  return 0;
}

/** One less. The piece goes with its last. */
export function letGo(piece: usize): void {
  const references = load<u32>(piece, REFERENCES) - 1;
  store<u32>(piece, references, REFERENCES);
  if (references != 0) return;
  let link = buckets + ((<usize>(load<u32>(piece, HASH) & bucketMask)) << 2);
  while (load<u32>(link) != <u32>piece) link = <usize>load<u32>(link) + NEXT;
  store<u32>(link, load<u32>(piece, NEXT));
  heap.free(piece);
  pieceCount--;
}

function grow(): void {
  const before = buckets;
  const beforeCount: u32 = before == 0 ? 0 : bucketMask + 1;
  const count: u32 = before == 0 ? 1024 : beforeCount << 1;
  buckets = heap.alloc((<usize>count) << 2);
  memory.fill(buckets, 0, (<usize>count) << 2);
  bucketMask = count - 1;
  for (let i: u32 = 0; i < beforeCount; i++) {
    let piece: usize = load<u32>(before + ((<usize>i) << 2));
    while (piece != 0) {
      const next: usize = load<u32>(piece, NEXT);
      const bucket = buckets + ((<usize>(load<u32>(piece, HASH) & bucketMask)) << 2);
      store<u32>(piece, load<u32>(bucket), NEXT);
      store<u32>(bucket, <u32>piece);
      piece = next;
    }
  }
  if (before != 0) heap.free(before);
}

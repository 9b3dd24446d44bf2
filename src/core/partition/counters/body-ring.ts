/** How many bodies of a source are remembered. */
const REMEMBERED = 8;

/** The last bodies of a source, oldest first, by their hash: a body among them is a replay. */
export type BodyRing = number[];

/** Whether the body is a replay. It becomes the newest of the ring in either case. */
export function noteBody(ring: BodyRing, hash: number): boolean {
  const at = ring.indexOf(hash);
  if (at !== -1) ring.splice(at, 1);
  ring.push(hash);
  if (ring.length > REMEMBERED) ring.shift();
  return at !== -1;
}

/**
 * The hash of a body: of its layout and the bits of its values, which is all that a body says.
 * 53 bits in one number. Hashing the text itself would cost more than reading the push.
 */
export function hashBody(layoutHash: number, values: Float64Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let a = layoutHash | 0;
  let b = ~layoutHash;
  for (let i = 0; i < words.length; i += 2) {
    a = Math.imul(a ^ (words[i] ?? 0), 0x9e3779b1);
    b = Math.imul(b ^ (words[i + 1] ?? 0), 0x85ebca77) + a;
    a ^= b >>> 15;
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

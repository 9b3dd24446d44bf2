/**
 * What a body changes of the values before it: a bit for each value that is another, and these values. Most
 * of what Flink pushes every ten seconds stands still, and what is written per push is the price of durability.
 */
export function packChanges(before: Float64Array, after: Float64Array): Uint8Array<ArrayBuffer> {
  const { length } = after;
  const bits = new Uint8Array(Math.ceil(length / 8));
  let changes = 0;
  for (let i = 0; i < length; i += 1) {
    // The sign of a zero counts: bodies are told apart by the bits of their values.
    if (Object.is(before[i], after[i])) continue;
    const at = i >> 3;
    bits[at] = (bits[at] ?? 0) | (1 << (i & 7));
    changes += 1;
  }
  const packed = new Uint8Array(bits.length + changes * 8);
  packed.set(bits);
  const view = new DataView(packed.buffer);
  let pos = bits.length;
  for (let i = 0; i < length; i += 1) {
    if (((bits[i >> 3] ?? 0) & (1 << (i & 7))) === 0) continue;
    view.setFloat64(pos, after[i] ?? 0, true);
    pos += 8;
  }
  return packed;
}

export function applyChanges(before: Float64Array, packed: Uint8Array): Float64Array {
  const after = before.slice();
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let pos = Math.ceil(before.length / 8);
  for (let i = 0; i < before.length; i += 1) {
    if (((packed[i >> 3] ?? 0) & (1 << (i & 7))) === 0) continue;
    after[i] = view.getFloat64(pos, true);
    pos += 8;
  }
  return after;
}

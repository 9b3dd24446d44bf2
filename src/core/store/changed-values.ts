/** No whole number of bytes tells of more; the sum of two such numbers is exact. */
const LARGEST_STEP = 2 ** 40;
/** Of a double, after the byte that announces it. */
const DOUBLE_BYTES = 8;

let scratch = new Uint8Array(16_384);
let scratchView = new DataView(scratch.buffer);

/**
 * What a body changes of the values before it: a bit for each value that is another, then these values in order.
 * What is written per push is the price of durability, and most of what Flink pushes every ten seconds stands
 * still or is a whole number that has moved a little: that is written as its step, seven bits a byte. 0 announces
 * a double as it is.
 */
export function packChanges(before: Float64Array, after: Float64Array): Uint8Array<ArrayBuffer> {
  const { length } = after;
  const start = Math.ceil(length / 8);
  const most = start + length * (1 + DOUBLE_BYTES);
  if (scratch.length < most) {
    scratch = new Uint8Array(most * 2);
    scratchView = new DataView(scratch.buffer);
  }
  scratch.fill(0, 0, start);
  let pos = start;
  for (let i = 0; i < length; i += 1) {
    const from = before[i] ?? 0;
    const to = after[i] ?? 0;
    // The sign of a zero counts: bodies are told apart by the bits of their values.
    if (Object.is(from, to)) continue;
    const at = i >> 3;
    scratch[at] = (scratch[at] ?? 0) | (1 << (i & 7));
    const step = to - from;
    pos = isStep(from, to, step) ? writeStep(pos, step) : writeDouble(pos, to);
  }
  return scratch.slice(0, pos);
}

export function applyChanges(before: Float64Array, packed: Uint8Array): Float64Array {
  const after = before.slice();
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let pos = Math.ceil(before.length / 8);
  for (let i = 0; i < before.length; i += 1) {
    if (((packed[i >> 3] ?? 0) & (1 << (i & 7))) === 0) continue;
    if (packed[pos] === 0) {
      after[i] = view.getFloat64(pos + 1, true);
      pos += 1 + DOUBLE_BYTES;
      continue;
    }
    let zigzag = 0;
    let scale = 1;
    for (;;) {
      const byte = packed[pos] ?? 0;
      pos += 1;
      zigzag += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) break;
    }
    after[i] = (before[i] ?? 0) + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
  }
  return after;
}

/** Whether the step alone leads back to the value, to the bit. It is not 0, so neither is its code. */
function isStep(from: number, to: number, step: number): boolean {
  return Number.isInteger(step) && Math.abs(step) < LARGEST_STEP && Object.is(from + step, to) && step !== 0;
}

function writeStep(start: number, step: number): number {
  let zigzag = step > 0 ? 2 * step : -2 * step - 1;
  let pos = start;
  while (zigzag >= 0x80) {
    scratch[pos] = (zigzag % 0x80) | 0x80;
    zigzag = Math.floor(zigzag / 0x80);
    pos += 1;
  }
  scratch[pos] = zigzag;
  return pos + 1;
}

function writeDouble(pos: number, value: number): number {
  scratch[pos] = 0;
  scratchView.setFloat64(pos + 1, value, true);
  return pos + 1 + DOUBLE_BYTES;
}

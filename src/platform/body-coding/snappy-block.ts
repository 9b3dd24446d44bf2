const Tag = { literal: 0, copy1: 1, copy2: 2 } as const;
/** Of a literal: lengths above are followed by so many bytes of length. */
const LONGEST_SHORT = 60;
/** Nothing that is bounded needs more bytes for its length. */
const MAX_LENGTH_BYTES = 5;

/**
 * Decodes a raw block of snappy (`format_description.txt` of google/snappy), as one chunk holds it. Every length is
 * checked before anything is copied, so it takes time in proportion to what comes of it. Throws where it is no such block,
 * or more than `maxBytes` would come of it.
 */
export function decodeSnappyBlock(block: Uint8Array, maxBytes: number): Uint8Array {
  const { value: length, end } = readLength(block);
  if (length > maxBytes) throw corrupt();
  const plain = new Uint8Array(length);
  let filled = 0;
  let pos = end;

  /** Numbers above 2^31 too. */
  function readNumber(bytes: number): number {
    let value = 0;
    for (let i = bytes - 1; i >= 0; i -= 1) value = value * 256 + (block[pos + i] ?? 0);
    pos += bytes;
    return value;
  }

  function copyLiteral(count: number): void {
    if (pos + count > block.length || filled + count > length) throw corrupt();
    plain.set(block.subarray(pos, pos + count), filled);
    pos += count;
    filled += count;
  }

  /** Byte by byte: what is copied may be what the copy has just made. */
  function copyBack(offset: number, count: number): void {
    if (pos > block.length || offset === 0 || offset > filled || filled + count > length) throw corrupt();
    for (let i = 0; i < count; i += 1, filled += 1) plain[filled] = plain[filled - offset] ?? 0;
  }

  while (pos < block.length) {
    const tag = block[pos] ?? 0;
    pos += 1;
    const rest = tag >>> 2;
    switch (tag & 3) {
      case Tag.literal:
        copyLiteral(rest < LONGEST_SHORT ? rest + 1 : readNumber(rest - LONGEST_SHORT + 1) + 1);
        break;
      case Tag.copy1:
        copyBack((tag >>> 5) * 256 + readNumber(1), (rest & 7) + 4);
        break;
      default:
        copyBack(readNumber((tag & 3) === Tag.copy2 ? 2 : 4), rest + 1);
    }
  }
  if (filled !== length) throw corrupt();
  return plain;
}

function readLength(block: Uint8Array): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < MAX_LENGTH_BYTES; i += 1) {
    const byte = block[i];
    if (byte === undefined) break;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value, end: i + 1 };
  }
  throw corrupt();
}

function corrupt(): Error {
  return new Error("no block of snappy");
}

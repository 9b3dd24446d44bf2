// The letters of the format.
export const LF: u32 = 10;
export const BLANK: u32 = 32;
export const QUOTE: u32 = 34;
export const HASH_SIGN: u32 = 35;
export const PLUS: u32 = 43;
export const MINUS: u32 = 45;
export const DOT: u32 = 46;
export const ZERO: u32 = 48;
export const COLON: u32 = 58;
export const UPPER_E: u32 = 69;
export const BACKSLASH: u32 = 92;
export const UNDERSCORE: u32 = 95;
export const LOWER_E: u32 = 101;
export const LBRACE: u32 = 123;
export const RBRACE: u32 = 125;
/** By which a small letter differs from its capital. */
export const CASE_BIT: u32 = 32;

/** The first such byte, or `end`. */
export function find(from: usize, end: usize, byte: u32): usize {
  const wanted = i8x16.splat(<i8>byte);
  let p = from;
  for (; p + 16 <= end; p += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (hits != 0) return p + ctz(hits);
  }
  while (p < end && load<u8>(p) != byte) p++;
  return p;
}

export function equal(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a + i), v128.load(b + i)))) return false;
  }
  // The last sixteen bytes overlap those before them.
  if (length >= 16) {
    const last = length - 16;
    return i8x16.all_true(i8x16.eq(v128.load(a + last), v128.load(b + last)));
  }
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/**
 * Eight bytes at a time, in four lanes that need not wait for each other. The bytes decide, so a hash that collides
 * costs time and nothing else.
 */
export function hashOf(from: usize, length: u32): u32 {
  let hash: u64 = length;
  let p = from;
  const end = from + length;
  if (length >= 64) {
    let b: u64 = 1;
    let c: u64 = 2;
    let d: u64 = 3;
    for (; p + 32 <= end; p += 32) {
      hash = rotl(hash ^ load<u64>(p), 29) * 0x9e3779b97f4a7c15;
      b = rotl(b ^ load<u64>(p, 8), 29) * 0x9e3779b97f4a7c15;
      c = rotl(c ^ load<u64>(p, 16), 29) * 0x9e3779b97f4a7c15;
      d = rotl(d ^ load<u64>(p, 24), 29) * 0x9e3779b97f4a7c15;
    }
    hash = rotl(hash ^ b, 29) * 0x9e3779b97f4a7c15;
    hash = rotl(hash ^ c, 29) * 0x9e3779b97f4a7c15;
    hash = rotl(hash ^ d, 29) * 0x9e3779b97f4a7c15;
  }
  for (; p + 8 <= end; p += 8) hash = rotl(hash ^ load<u64>(p), 29) * 0x9e3779b97f4a7c15;
  for (; p < end; p++) hash = rotl(hash ^ load<u8>(p), 29) * 0x9e3779b97f4a7c15;
  return <u32>(hash >> 32) ^ <u32>hash;
}

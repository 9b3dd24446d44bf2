/**
 * AssemblyScript: the text of layouts, and how it is recognised in a body (`src/core/layout-text/wasm.ts` says
 * for what). `npm run build:wasm` makes layout-text.wasm of it.
 *
 * A layout is a list of pieces, two before each value: the comment lines and the name, and the label block. A piece
 * is held once, however many layouts have it: names are the same in a whole fleet, and one block serves some
 * dozen lines of a body.
 *
 *   piece   next u32 | references u32 | hash u32 | length u32 | tag f64 | number in the last scan u32 | bytes
 *   layout  values u32 | tail: piece u32 | (head: piece u32, block: piece u32) for each value
 */

const NEXT: usize = 0;
const REFERENCES: usize = 4;
const HASH: usize = 8;
const LENGTH: usize = 12;
/** What the caller knows it by; 0 where it knows nothing of it. */
const TAG: usize = 16;
const NUMBER: usize = 24;
const BYTES: usize = 28;

const VALUES: usize = 0;
const TAIL: usize = 4;
const REFS: usize = 8;

const LF: u32 = 10;
const PLUS: u32 = 43;
const MINUS: u32 = 45;
const DOT: u32 = 46;
const ZERO: u32 = 48;
const UPPER_E: u32 = 69;
const LOWER_E: u32 = 101;
const LBRACE: u32 = 123;
const RBRACE: u32 = 125;
const BLANK: u32 = 32;
const QUOTE: u32 = 34;
const HASH_SIGN: u32 = 35;
const COLON: u32 = 58;
const UNDERSCORE: u32 = 95;
const BACKSLASH: u32 = 92;
/** By which a small letter differs from its capital. */
const CASE_BIT: u32 = 32;

/** What `read` answers for a body of another layout. */
const DIFFERENT: i32 = -1;

// Pieces by their hash: chains in as many buckets as there were pieces when it last grew.
let buckets: usize = 0;
let bucketMask: u32 = 0;
let pieceCount: u32 = 0;

// Where bodies are copied to, and the place and number of each value that is left to the caller.
let body: usize = 0;
let bodySize: usize = 0;
let values: usize = 0;
let rest: usize = 0;
let valuesSize: u32 = 0;

// What the last scan has found: for each value the numbers of its two pieces, as pairs of u32, and the pieces
// themselves, numbered in the order in which they first occur.
let numbers: usize = 0;
let pieces: usize = 0;
let numbersSize: u32 = 0;
let scannedValues: u32 = 0;
let scannedPieces: u32 = 0;
let scannedRest: u32 = 0;
const SCANNED = memory.data(20, 4);

/** Where to put a body of so many bytes. Good until the next call. Behind it stands a NUL. */
export function bodyFor(length: u32): usize {
  const needed = <usize>length + 16;
  if (needed > bodySize) {
    if (body != 0) heap.free(body);
    bodySize = needed + needed / 4;
    body = heap.alloc(bodySize);
  }
  store<u8>(body + length, 0);
  return body;
}

/** Where `read` puts so many values, as doubles, and `keep` finds where values begin and end, as pairs of u32. */
export function valuesFor(count: u32): usize {
  if (count > valuesSize) {
    if (values != 0) {
      heap.free(values);
      heap.free(rest);
    }
    valuesSize = count + count / 4 + 64;
    values = heap.alloc((<usize>valuesSize) << 3);
    rest = heap.alloc((<usize>valuesSize) << 3);
  }
  return values;
}

/** Where `read` says which values it has left: pairs of u32, number and place in the body. */
export function restAt(): usize {
  return rest;
}

/** Keeps the text of the body around its `count` values. Returns the layout. */
export function keep(length: u32, count: u32): usize {
  const layout = heap.alloc(REFS + ((<usize>count) << 3));
  store<u32>(layout, count, VALUES);
  let refs = layout + REFS;
  let from = body;
  for (let k: u32 = 0; k < count; k++) {
    const start = body + load<u32>(values + ((<usize>k) << 3));
    const cut = blockStart(from, start);
    store<u32>(refs, <u32>intern(from, cut));
    store<u32>(refs, <u32>intern(cut, start), 4);
    refs += 8;
    from = body + load<u32>(values + ((<usize>k) << 3), 4);
  }
  store<u32>(layout, <u32>intern(from, body + length), TAIL);
  return layout;
}

export function release(layout: usize): void {
  const count = load<u32>(layout, VALUES);
  const end = layout + REFS + ((<usize>count) << 3);
  for (let refs = layout + REFS; refs < end; refs += 4) letGo(load<u32>(refs));
  letGo(load<u32>(layout, TAIL));
  heap.free(layout);
}

/**
 * Reads the values of a body that has the text of the layout. Returns how many it has left to the caller, because
 * they are spelled in a rare way or have more digits than a double holds; or DIFFERENT.
 */
export function read(layout: usize, length: u32): i32 {
  const count = load<u32>(layout, VALUES);
  const end = body + length;
  let refs = layout + REFS;
  let out = values;
  let left: i32 = 0;
  let p = body;
  for (let k: u32 = 0; k < count; k++) {
    const head: usize = load<u32>(refs);
    const headLength: usize = load<u32>(head, LENGTH);
    const block: usize = load<u32>(refs, 4);
    const blockLength: usize = load<u32>(block, LENGTH);
    if (p + headLength + blockLength >= end) return DIFFERENT;
    if (!equal(p, head + BYTES, headLength)) return DIFFERENT;
    p += headLength;
    if (!equal(p, block + BYTES, blockLength)) return DIFFERENT;
    p += blockLength;

    const start = p;
    p = readNumber(p, out);
    if (p == 0) {
      p = start;
      while (p < end && load<u8>(p) != LF) p++;
      const at = rest + ((<usize>left) << 3);
      store<u32>(at, k);
      store<u32>(at, <u32>(start - body), 4);
      left++;
    }
    refs += 8;
    out += 8;
  }
  const tail: usize = load<u32>(layout, TAIL);
  const tailLength: usize = load<u32>(tail, LENGTH);
  if (p + tailLength != end || !equal(p, tail + BYTES, tailLength)) return DIFFERENT;
  return left;
}

/**
 * Keeps the text of a body and reads its values, if it is nothing but samples of the form `name{…} value`, with
 * comment lines before them. Returns the layout, or 0 for any other body.
 */
export function scan(length: u32): usize {
  const end = body + length;
  scannedValues = 0;
  scannedPieces = 0;
  scannedRest = 0;
  let from = body;
  let p = body;
  while (p < end) {
    if (load<u8>(p) == HASH_SIGN) {
      p = find(p, end, LF) + 1;
      // A comment that does not end is for the full parse to tell of.
      if (p > end) return giveUp();
      continue;
    }
    const cut = nameEnd(p);
    if (cut == p || load<u8>(cut) != LBRACE) return giveUp();
    const block = internBlock(cut, end);
    if (block == 0) return giveUp();
    if (scannedValues >= numbersSize) growNumbers();
    const at = scannedValues;
    scannedValues++;
    number(at << 1, intern(from, cut));
    number((at << 1) + 1, block);
    const start = cut + <usize>load<u32>(block, LENGTH);
    p = readNumber(start, values + ((<usize>at) << 3));
    if (p == 0) {
      p = find(start, end, LF);
      const left = rest + ((<usize>scannedRest) << 3);
      store<u32>(left, at);
      store<u32>(left, <u32>(start - body), 4);
      scannedRest++;
    }
    if (p >= end) return giveUp();
    from = p++;
  }
  if (from + 1 != end) return giveUp();
  const layout = heap.alloc(REFS + ((<usize>scannedValues) << 3));
  store<u32>(layout, scannedValues, VALUES);
  store<u32>(layout, <u32>intern(from, end), TAIL);
  for (let i: u32 = 0; i < scannedValues << 1; i++) store<u32>(layout + REFS + ((<usize>i) << 2), pieceAt(i));
  return layout;
}

/**
 * What the last scan has found, as u32: how many values, pieces, and values that are left to the caller; where the
 * numbers of the pieces stand, and the places of the pieces.
 */
export function scanned(): usize {
  store<u32>(SCANNED, scannedValues);
  store<u32>(SCANNED, scannedPieces, 4);
  store<u32>(SCANNED, scannedRest, 8);
  store<u32>(SCANNED, <u32>numbers, 12);
  store<u32>(SCANNED, <u32>pieces, 16);
  return SCANNED;
}

function giveUp(): usize {
  for (let i: u32 = 0; i < scannedValues << 1; i++) letGo(pieceAt(i));
  return 0;
}

/** The piece of the last scan that stands in place `i` of its numbers. */
function pieceAt(i: u32): u32 {
  return load<u32>(pieces + ((<usize>load<u32>(numbers + ((<usize>i) << 2))) << 2));
}

/** Notes the piece in place `i` of the numbers. */
function number(i: u32, piece: usize): void {
  let found = load<u32>(piece, NUMBER);
  // What an earlier scan has left there proves itself wrong.
  if (found >= scannedPieces || load<u32>(pieces + ((<usize>found) << 2)) != <u32>piece) {
    found = scannedPieces++;
    store<u32>(pieces + ((<usize>found) << 2), <u32>piece);
    store<u32>(piece, found, NUMBER);
  }
  store<u32>(numbers + ((<usize>i) << 2), found);
}

/** Room for twice as many values. Nobody else uses these arrays during a scan. */
function growNumbers(): void {
  const before = numbersSize;
  const size: u32 = before == 0 ? 2048 : before << 1;
  numbers = regrown(numbers, (<usize>before) << 3, (<usize>size) << 3);
  pieces = regrown(pieces, (<usize>before) << 3, (<usize>size) << 3);
  numbersSize = size;
  if (size <= valuesSize) return;
  values = regrown(values, (<usize>valuesSize) << 3, (<usize>size) << 3);
  rest = regrown(rest, (<usize>valuesSize) << 3, (<usize>size) << 3);
  valuesSize = size;
}

function regrown(array: usize, length: usize, size: usize): usize {
  const grown = heap.alloc(size);
  if (array != 0) {
    memory.copy(grown, array, length);
    heap.free(array);
  }
  return grown;
}

/** The end of the metric name that begins there, or its beginning where none does. */
function nameEnd(from: usize): usize {
  let p = from;
  let c: u32 = load<u8>(p);
  while ((c | CASE_BIT) - 97 < 26 || c == UNDERSCORE || c == COLON || (c - ZERO <= 9 && p > from))
    c = load<u8>(++p);
  return p;
}

/**
 * The piece of the label block that opens there, with the blank behind it; 0 where there is no such block. The first
 * `}` nearly always ends it: a piece that reads so has been read to its end before.
 */
function internBlock(open: usize, end: usize): usize {
  const guess = find(open, end, RBRACE) + 2;
  if (guess > end) return 0;
  const piece = known(open, guess);
  if (piece != 0) return held(piece);
  if (isPlain(open, guess - 2)) return load<u8>(guess - 1) == BLANK ? intern(open, guess) : 0;
  let quoted = false;
  for (let p = open; p < end; p++) {
    const c: u32 = load<u8>(p);
    if (c == QUOTE) quoted = !quoted;
    else if (c == LF) return 0;
    else if (c == BACKSLASH && quoted) p++;
    else if (c == RBRACE && !quoted) return load<u8>(p + 1) == BLANK ? intern(open, p + 2) : 0;
  }
  return 0;
}

/** Whether a brace that stands at `brace` ends the block: nothing is escaped, and all quotes are closed. */
function isPlain(open: usize, brace: usize): bool {
  let quotes = 0;
  let p = open;
  for (; p + 16 <= brace; p += 16) {
    const bytes = v128.load(p);
    const rare = v128.or(i8x16.eq(bytes, i8x16.splat(92)), i8x16.eq(bytes, i8x16.splat(10)));
    if (v128.any_true(rare)) return false;
    quotes += popcnt(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(34))));
  }
  for (; p < brace; p++) {
    const c: u32 = load<u8>(p);
    if (c == BACKSLASH || c == LF) return false;
    if (c == QUOTE) quotes++;
  }
  return (quotes & 1) == 0;
}

/** The first such byte, or `end`. */
function find(from: usize, end: usize, byte: u32): usize {
  const wanted = i8x16.splat(<i8>byte);
  let p = from;
  for (; p + 16 <= end; p += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (hits != 0) return p + ctz(hits);
  }
  while (p < end && load<u8>(p) != byte) p++;
  return p;
}

/** The brace that opens the label block of the line on which `end` stands, or `end`. */
function blockStart(from: usize, end: usize): usize {
  let cut = end;
  for (let p = end; p > from; p--) {
    const c: u32 = load<u8>(p - 1);
    if (c == LF) break;
    if (c == LBRACE) cut = p - 1;
  }
  return cut;
}

function held(piece: usize): usize {
  store<u32>(piece, load<u32>(piece, REFERENCES) + 1, REFERENCES);
  return piece;
}

/** The piece with these bytes, which has one more reference from now on. */
function intern(from: usize, end: usize): usize {
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
function known(from: usize, end: usize): usize {
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

function letGo(piece: usize): void {
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

/**
 * Eight bytes at a time, in four lanes that need not wait for each other. The bytes decide, so a hash that collides
 * costs time and nothing else.
 */
function hashOf(from: usize, length: u32): u32 {
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

function equal(a: usize, b: usize, length: usize): bool {
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

/** The powers of ten that are doubles themselves. */
const POWERS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const MAX_POWER: i32 = 22;
/** Up to here every whole number is a double. */
const MAX_EXACT: u64 = 1 << 53;
/** So many digits fit into 64 bits. */
const MAX_DIGITS: i32 = 19;

/**
 * Reads a number that ends with its line, exactly: a product or quotient of two exact doubles is rounded once
 * (Clinger). Returns the place of the line feed, or 0 for any other number.
 */
function readNumber(from: usize, out: usize): usize {
  let p = from;
  let c: u32 = load<u8>(p);
  const negative = c == MINUS;
  if (negative || c == PLUS) c = load<u8>(++p);
  if (c - ZERO > 9) return readNaN(from, out);
  let mantissa: u64 = 0;
  let digits: i32 = 0;
  for (; c - ZERO <= 9; c = load<u8>(++p), digits++) mantissa = mantissa * 10 + (c - ZERO);
  let exponent: i32 = 0;
  if (c == DOT) {
    const point = ++p;
    for (c = load<u8>(p); c - ZERO <= 9; c = load<u8>(++p), digits++) mantissa = mantissa * 10 + (c - ZERO);
    exponent = <i32>(point - p);
  }
  if (c == UPPER_E || c == LOWER_E) {
    c = load<u8>(++p);
    const small = c == MINUS;
    if (small || c == PLUS) c = load<u8>(++p);
    if (c - ZERO > 9) return 0;
    let shift: i32 = 0;
    for (; c - ZERO <= 9 && shift < 1000; c = load<u8>(++p)) shift = shift * 10 + <i32>(c - ZERO);
    exponent += small ? -shift : shift;
  }
  if (c != LF || digits > MAX_DIGITS || mantissa > MAX_EXACT) return 0;
  let value = <f64>mantissa;
  if (exponent < 0) {
    if (exponent < -MAX_POWER) return 0;
    value /= load<f64>(POWERS + ((<usize>-exponent) << 3));
  } else if (exponent > 0) {
    if (exponent > MAX_POWER) return 0;
    value *= load<f64>(POWERS + ((<usize>exponent) << 3));
  }
  store<f64>(out, negative ? -value : value);
  return p;
}

/** "NaN" and a line feed. */
const NAN_LF: u32 = 0x0a4e614e;

function readNaN(from: usize, out: usize): usize {
  if (load<u32>(from) != NAN_LF) return 0;
  store<f64>(out, NaN);
  return from + 3;
}

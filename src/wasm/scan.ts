import { body, growValues, regrown, rest, values } from "./buffers";
import {
  BACKSLASH,
  BLANK,
  CASE_BIT,
  COLON,
  find,
  HASH_SIGN,
  LBRACE,
  LF,
  QUOTE,
  RBRACE,
  UNDERSCORE,
  ZERO,
} from "./bytes";
import { REFS, TAIL, VALUES } from "./layout";
import { held, intern, known, LENGTH, letGo, NUMBER } from "./pieces";
import { readNumber } from "./read-number";

// What the last scan has found: for each value the numbers of its two pieces, as pairs of u32, and the pieces
// themselves, numbered in the order in which they first occur.
let numbers: usize = 0;
let pieces: usize = 0;
let numbersSize: u32 = 0;
let scannedValues: u32 = 0;
let scannedPieces: u32 = 0;
let scannedRest: u32 = 0;
const SCANNED = memory.data(20, 4);

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
  growValues(size);
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

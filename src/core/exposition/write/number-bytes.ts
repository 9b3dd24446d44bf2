import { formatNumber } from "../format-number.ts";

/** The longest number that `writeNumber` writes. */
export const MOST_NUMBER_BYTES = 32;

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const PLUS = 43;
const E = 101;
/** From here on numbers have an exponent. */
const MILLION = 1_000_000;

/**
 * Writes what `formatNumber` answers, and returns the place behind it. Most of what Flink counts are whole numbers,
 * and these need no string: 45 instead of 90 ns.
 */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (Number.isSafeInteger(value)) return writeInteger(bytes, at, value);
  const text = formatNumber(value);
  for (let i = 0; i < text.length; i += 1) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  let start = at;
  if (value < 0) {
    bytes[at] = MINUS;
    start += 1;
  }
  const size = Math.abs(value);
  const length = writeDigits(bytes, start, size);
  return size < MILLION ? start + length : withExponent(bytes, start, length);
}

/** Returns how many there are. */
function writeDigits(bytes: Uint8Array, at: number, size: number): number {
  let length = 1;
  for (let power = 10; power <= size; power *= 10) length += 1;
  let rest = size;
  for (let i = at + length - 1; i >= at; i -= 1) {
    const next = Math.floor(rest / 10);
    bytes[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  return length;
}

/** `1234500` to `1.2345e+06`. Of a whole number that a double holds exactly no digits can be left out but zeros. */
function withExponent(bytes: Uint8Array, at: number, length: number): number {
  let end = at + length;
  while (bytes[end - 1] === ZERO) end -= 1;
  if (end > at + 1) {
    bytes.copyWithin(at + 2, at + 1, end);
    bytes[at + 1] = DOT;
    end += 1;
  }
  const exponent = length - 1;
  bytes[end] = E;
  bytes[end + 1] = PLUS;
  bytes[end + 2] = ZERO + Math.floor(exponent / 10);
  bytes[end + 3] = ZERO + (exponent % 10);
  return end + 4;
}

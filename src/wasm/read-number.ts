import { DOT, LF, LOWER_E, MINUS, PLUS, UPPER_E, ZERO } from "./bytes";

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
export function readNumber(from: usize, out: usize): usize {
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

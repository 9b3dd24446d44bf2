/** The polynomial of CRC-32, its bits in the order of RFC 1952: the highest power stands lowest. */
const POLYNOMIAL = 0xedb88320;
/** x⁰ in that order. */
const ONE = 0x80000000;

/** x to the powers 8, 16, 32, … : what one byte, two, four, … behind a text do to its sum. */
const BYTES_BEHIND = Array.from({ length: 53 }, () => 0);
for (let i = 0, power = ONE >>> 8; i < BYTES_BEHIND.length; i += 1, power = multiply(power, power)) {
  BYTES_BEHIND[i] = power;
}

/** The CRC-32 of two texts, one behind the other, from those of each: in as many steps as the length has bits. */
export function combineCrc32(first: number, second: number, secondBytes: number): number {
  let shifted = first;
  for (let i = 0, rest = secondBytes; rest > 0; i += 1, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shifted = multiply(shifted, BYTES_BEHIND[i] ?? 0);
  }
  return (shifted ^ second) >>> 0;
}

/** Of two polynomials, modulo that of CRC-32. */
function multiply(a: number, b: number): number {
  let product = 0;
  let power = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= power;
    power = (power & 1) === 0 ? power >>> 1 : (power >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}

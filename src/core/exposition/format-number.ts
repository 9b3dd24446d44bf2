/**
 * A number as Prometheus prints it: Go's `strconv.FormatFloat(value, 'g', -1, 64)`, the shortest
 * text that reads back as the same number, with an exponent from 1e+06 up and below 1e-04.
 * -0 is `0`, as in the Pushgateway's output.
 */
export function formatNumber(value: number): string {
  // String finds the same shortest digits as Go, and prints these without an exponent.
  const size = Math.abs(value);
  if ((size >= 1e-4 && size < 1e6) || size === 0) return String(value);
  if (size < Infinity) return withGoExponent(value.toExponential());
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** `1e+6` to `1e+06`: Go writes at least two digits. */
function withGoExponent(text: string): string {
  const digits = text.indexOf("e") + 2;
  return text.length - digits > 1 ? text : `${text.slice(0, digits)}0${text.slice(digits)}`;
}

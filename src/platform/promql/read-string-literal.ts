export type StringLiteral =
  | { readonly ok: true; readonly text: string }
  /** `at`: where in the literal. */
  | { readonly ok: false; readonly at: number; readonly message: string };

const SHORT: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** A digit count and a base for each escape that is a number: `\x41`, `\u0041`, `\U00000041`, `\101`. */
const NUMERIC =
  /^(?:x(?<byte>[0-9a-fA-F]{2})|(?<octal>[0-7]{3})|u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8}))/;

/**
 * The text of a PromQL string with its quotes, read as Go reads its own: no escapes between backquotes,
 * `\x` and octal escapes are bytes, which together must be UTF-8.
 */
export function readStringLiteral(literal: string): StringLiteral {
  const quote = literal.charAt(0);
  const inner = literal.slice(1, -1);
  if (quote === "`" || !inner.includes("\\")) return { ok: true, text: inner };
  const bytes: Buffer[] = [];
  for (let pos = 0; pos < inner.length;) {
    const backslash = inner.indexOf("\\", pos);
    const plainEnd = backslash === -1 ? inner.length : backslash;
    bytes.push(Buffer.from(inner.slice(pos, plainEnd)));
    if (backslash === -1) break;
    const escape = readEscape(inner.slice(backslash + 1), quote);
    if (escape === undefined) {
      const shown = inner.slice(backslash, backslash + 2);
      return { ok: false, at: backslash + 1, message: `${shown} is no escape; a backslash is written \\\\` };
    }
    bytes.push(escape.bytes);
    pos = backslash + 1 + escape.length;
  }
  return decode(Buffer.concat(bytes));
}

interface Escape {
  readonly bytes: Buffer;
  /** Without the backslash. */
  readonly length: number;
}

function readEscape(rest: string, quote: string): Escape | undefined {
  const char = rest.charAt(0);
  const short = char === quote ? quote : SHORT[char];
  if (short !== undefined) return { bytes: Buffer.from(short), length: 1 };
  const match = NUMERIC.exec(rest);
  if (match === null) return undefined;
  const { byte, octal, short: unit, long } = match.groups ?? {};
  const [{ length }] = match;
  if (byte !== undefined) return { bytes: Buffer.of(Number.parseInt(byte, 16)), length };
  if (octal !== undefined) return octalByte(Number.parseInt(octal, 8), length);
  return codePoint(Number.parseInt(unit ?? long ?? "", 16), length);
}

function octalByte(value: number, length: number): Escape | undefined {
  return value > 0xff ? undefined : { bytes: Buffer.of(value), length };
}

function codePoint(value: number, length: number): Escape | undefined {
  const isSurrogate = value >= 0xd800 && value <= 0xdfff;
  if (isSurrogate || value > 0x10ffff) return undefined;
  return { bytes: Buffer.from(String.fromCodePoint(value)), length };
}

function decode(bytes: Buffer): StringLiteral {
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, at: 0, message: "the escapes of this text make bytes that are not UTF-8" };
  }
}

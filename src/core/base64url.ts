import { encodeUtf8 } from "./encode-utf8.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The bytes as Latin-1 text, or the index of the first character that cannot be decoded, as Go's decoder counts it. */
export type Base64Result =
  | { readonly ok: true; readonly latin1: string }
  | { readonly ok: false; readonly badIndex: number };

/**
 * Decodes base64 with the URL alphabet. Padding may be there or not: Go's client sends none,
 * Java's, Python's and Ruby's do.
 */
export function decodeBase64Url(text: string): Base64Result {
  let end = text.length;
  while (end > 0 && text[end - 1] === "=") end -= 1;
  // A last group of one character holds six bits, too few for a byte.
  if (end % 4 === 1) return { ok: false, badIndex: firstBad(text, end) ?? end - 1 };
  const bad = firstBad(text, end);
  if (bad !== undefined) return { ok: false, badIndex: bad };

  let latin1 = "";
  let bits = 0;
  let held = 0;
  for (let i = 0; i < end; i += 1) {
    held = (held << 6) | ALPHABET.indexOf(text.charAt(i));
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      latin1 += String.fromCharCode((held >> bits) & 0xff);
    }
  }
  return { ok: true, latin1 };
}

/** A text as its UTF-8 in a segment of a path. A lone `=` is the empty one, which would otherwise be no segment at all. */
export function encodeBase64Url(text: string): string {
  if (text === "") return "=";
  let encoded = "";
  let bits = 0;
  let held = 0;
  for (const byte of encodeUtf8(text)) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 6; bits -= 6) encoded += ALPHABET.charAt((held >> (bits - 6)) & 0x3f);
  }
  return bits === 0 ? encoded : encoded + ALPHABET.charAt((held << (6 - bits)) & 0x3f);
}

function firstBad(text: string, end: number): number | undefined {
  for (let i = 0; i < end; i += 1) {
    if (!ALPHABET.includes(text.charAt(i))) return i;
  }
  return undefined;
}

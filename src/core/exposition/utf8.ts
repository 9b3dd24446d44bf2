/** `TextDecoder`, which every platform of ours has and the ES2024 library does not declare. */
declare const TextDecoder: new (
  encoding: "utf-8",
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

// ignoreBOM, because without it the decoder drops a leading U+FEFF and two label values become one.
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/**
 * The text that `latin1` (one character for each byte) means as UTF-8, or undefined if it is not UTF-8.
 * Tokens are decoded one by one and not the body as a whole: nearly all of them are ASCII,
 * and a body in Latin-1 keeps its positions and half the memory.
 */
export function decodeUtf8(latin1: string): string | undefined {
  if (isAscii(latin1)) return latin1;
  try {
    return strict.decode(bytesOf(latin1));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The same with U+FFFD for what is not UTF-8. */
export function decodeUtf8Lossy(latin1: string): string {
  return isAscii(latin1) ? latin1 : lossy.decode(bytesOf(latin1));
}

function isAscii(latin1: string): boolean {
  for (let i = 0; i < latin1.length; i++) if (latin1.charCodeAt(i) >= 0x80) return false;
  return true;
}

function bytesOf(latin1: string): Uint8Array {
  const bytes = new Uint8Array(latin1.length);
  for (let i = 0; i < latin1.length; i++) bytes[i] = latin1.charCodeAt(i);
  return bytes;
}

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  // Nearly all text is ASCII: without this loop a hash takes ten times as long.
  let at = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) break;
    hash = step(hash, code);
  }
  return at === text.length ? hash >>> 0 : hashOthers(text.slice(at), hash);
}

function hashOthers(text: string, before: number): number {
  let hash = before;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) {
      hash = step(hash, code);
    } else if (code < 0x800) {
      hash = step(step(hash, 0xc0 | (code >> 6)), 0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      hash = step(step(step(hash, 0xe0 | (code >> 12)), 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
    } else {
      hash = step(step(hash, 0xf0 | (code >> 18)), 0x80 | ((code >> 12) & 0x3f));
      hash = step(step(hash, 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
    }
  }
  return hash >>> 0;
}

/**
 * The partition that a grouping key belongs to. Stores are laid out by it, so neither the hash nor
 * the canonical text of a key may ever change.
 */
export function partitionOf(canonicalKey: string, partitions: number): number {
  return fnv1a32(canonicalKey) % partitions;
}

function step(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

import type { ScannedText } from "../layout-text/layout-text.ts";

/** What pieces of bodies mean, by their tags: a piece that was read before is not looked at again. */
export interface PieceTable<T> {
  of(scanned: ScannedText, piece: number): T;
}

/** `read` makes of a piece's text what it means. The table forgets all when it would hold more than `most`. */
export function createPieceTable<T extends object | string>(
  most: number,
  read: (text: string) => T,
): PieceTable<T> {
  const known = new Map<number, T>();
  return {
    of(scanned, piece) {
      const meaning = known.get(scanned.tagOf(piece));
      if (meaning !== undefined) return meaning;
      if (known.size >= most) known.clear();
      const made = read(scanned.textOf(piece));
      known.set(scanned.tag(piece), made);
      return made;
    },
  };
}

import { BACKSLASH, LF, QUOTE, RBRACE } from "./char-codes.ts";
import type { LabelBlock } from "./label-block.ts";

/** A block and the text between its braces. */
interface KnownBlock {
  readonly text: string;
  readonly block: LabelBlock;
}

/**
 * The label blocks of earlier lines and bodies, by their text: the same text gives the same object.
 * One table serves one setting of `utf8Names`, for a known block is not checked again.
 */
export interface BlockTable {
  /** The known block that begins at `pos`, just past the `{`, or undefined. Its `}` follows its text. */
  find(text: string, pos: number): KnownBlock | undefined;
  /** `text` is kept: it must not be a slice of a body. */
  add(text: string, block: LabelBlock): void;
}

/** A table that forgets all its blocks when it would hold more than `maxBlocks`; those handed out stay valid. */
export function createBlockTable(maxBlocks: number): BlockTable {
  const known = new Map<string, KnownBlock>();
  let anyHasBrace = false;
  return {
    find(text, pos) {
      // The first `}` nearly always ends the block. Where it stands inside quotes the guess is too
      // short, and what has been guessed is in no table: every key has been read to its end by
      // `readLabelBlock`, which decides by the characters up to the `}` alone. So if text and key
      // agree up to there, it would stop at the same place again, and find the same labels.
      const guess = text.indexOf("}", pos);
      if (guess === -1) return undefined;
      const block = known.get(text.slice(pos, guess));
      return block === undefined && anyHasBrace ? findPastQuotes(text, pos) : block;
    },
    add(text, block) {
      if (known.size >= maxBlocks) {
        known.clear();
        anyHasBrace = false;
      }
      anyHasBrace ||= text.includes("}");
      known.set(text, { text, block });
    },
  };

  function findPastQuotes(text: string, pos: number): KnownBlock | undefined {
    const end = findBlockEnd(text, pos);
    return end === -1 ? undefined : known.get(text.slice(pos, end));
  }
}

/** The first `}` outside quotes, or -1 if the line has none. */
function findBlockEnd(text: string, pos: number): number {
  let quoted = false;
  for (let i = pos; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) quoted = !quoted;
    else if (c === LF) return -1;
    else if (c === BACKSLASH && quoted) i++;
    else if (c === RBRACE && !quoted) return i;
  }
  return -1;
}

import { SPACE, TAB } from "./char-codes.ts";
import { lineError, type TextDialect } from "./exposition-error.ts";

/** Where the parser stands in a text, or in a copy of one of its lines. */
export interface Cursor {
  /** One character (U+0000 to U+00FF) for each byte, so a position in the text is one in the body. */
  readonly text: string;
  /** A part of the text that may outlive the body: a slice of V8's would keep all of it in memory. */
  readonly copy: (start: number, end: number) => string;
  pos: number;
  /** From 1. */
  line: number;
  /** Text format 0.0.4 where it is not given. */
  readonly dialect?: TextDialect;
}

/** The character code at the cursor. Past the end it fails: only at the start of a line may a body end. */
export function peek(cursor: Cursor): number {
  const c = cursor.text.charCodeAt(cursor.pos);
  if (Number.isNaN(c)) fail(cursor, "unexpected end of input stream");
  return c;
}

export function skipBlanks(cursor: Cursor): void {
  let c = cursor.text.charCodeAt(cursor.pos);
  while (c === SPACE || c === TAB) c = cursor.text.charCodeAt(++cursor.pos);
}

export function fail(cursor: Cursor, reason: string): never {
  throw lineError(cursor.line, reason, cursor.dialect);
}

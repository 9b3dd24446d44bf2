import { HASH, LF } from "./char-codes.ts";
import type { Cursor } from "./cursor.ts";
import { peek } from "./cursor.ts";
import { ExpositionError } from "./exposition-error.ts";
import type { Family } from "./family-table.ts";
import type { FamilyType, ParsedFamily } from "./parsed-body.ts";
import { readComment } from "./read-comment.ts";

/** What stands before the label block of a sample: comment lines, and the name. */
export interface Head {
  readonly name: string;
  /** Of what its comments tell, in their order. */
  readonly comments: readonly Comment[];
  /** The family as the last body had it whose first sample of the family stood behind this head. */
  family: ParsedFamily | undefined;
}

interface Comment {
  readonly name: string;
  /** One of them; neither where the line ends behind the name. */
  readonly type: FamilyType | undefined;
  readonly help: string | undefined;
}

/** Undefined for one that is wrong in itself: the full parse says where and how. */
export function readHead(text: string, utf8Names: boolean): Head | undefined {
  const comments: Comment[] = [];
  const cursor: Cursor = { text, copy: (start, end) => text.slice(start, end), pos: 0, line: 0 };
  try {
    for (; cursor.pos < text.length; cursor.pos += 1) {
      const c = peek(cursor);
      if (c === LF) continue;
      if (c !== HASH) break;
      cursor.pos += 1;
      readComment(cursor, (name) => ({ family: mentioned(name, comments), part: undefined }), utf8Names);
    }
  } catch (error) {
    if (error instanceof ExpositionError) return undefined;
    throw error;
  }
  return { name: text.slice(cursor.pos), comments, family: undefined };
}

/** A family of which nothing has been told before: whether something has, the body decides. */
function mentioned(name: string, comments: Comment[]): Family {
  const family = { name, type: undefined, help: undefined, index: -1 };
  comments.push(family);
  return family;
}

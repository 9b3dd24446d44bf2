import { body, rest, values } from "./buffers";
import { equal, LBRACE, LF } from "./bytes";
import { BYTES, intern, LENGTH, letGo } from "./pieces";
import { readNumber } from "./read-number";

/*
 * A layout is a list of pieces, two before each value: the comment lines and the name, and the label block.
 *
 *   layout  values u32 | tail: piece u32 | (head: piece u32, block: piece u32) for each value
 */

export const VALUES: usize = 0;
export const TAIL: usize = 4;
export const REFS: usize = 8;

/** What `read` answers for a body of another layout. */
const DIFFERENT: i32 = -1;

/** Keeps the text of the body around its `count` values. Returns the layout. */
export function keep(length: u32, count: u32): usize {
  const layout = heap.alloc(REFS + ((<usize>count) << 3));
  store<u32>(layout, count, VALUES);
  let refs = layout + REFS;
  let from = body;
  for (let k: u32 = 0; k < count; k++) {
    const start = body + load<u32>(values + ((<usize>k) << 3));
    const cut = blockStart(from, start);
    store<u32>(refs, <u32>intern(from, cut));
    store<u32>(refs, <u32>intern(cut, start), 4);
    refs += 8;
    from = body + load<u32>(values + ((<usize>k) << 3), 4);
  }
  store<u32>(layout, <u32>intern(from, body + length), TAIL);
  return layout;
}

export function release(layout: usize): void {
  const count = load<u32>(layout, VALUES);
  const end = layout + REFS + ((<usize>count) << 3);
  for (let refs = layout + REFS; refs < end; refs += 4) letGo(load<u32>(refs));
  letGo(load<u32>(layout, TAIL));
  heap.free(layout);
}

/**
 * Reads the values of a body that has the text of the layout. Returns how many it has left to the caller, because
 * they are spelled in a rare way or have more digits than a double holds; or DIFFERENT.
 */
export function read(layout: usize, length: u32): i32 {
  const count = load<u32>(layout, VALUES);
  const end = body + length;
  let refs = layout + REFS;
  let out = values;
  let left: i32 = 0;
  let p = body;
  for (let k: u32 = 0; k < count; k++) {
    const head: usize = load<u32>(refs);
    const headLength: usize = load<u32>(head, LENGTH);
    const block: usize = load<u32>(refs, 4);
    const blockLength: usize = load<u32>(block, LENGTH);
    if (p + headLength + blockLength >= end) return DIFFERENT;
    if (!equal(p, head + BYTES, headLength)) return DIFFERENT;
    p += headLength;
    if (!equal(p, block + BYTES, blockLength)) return DIFFERENT;
    p += blockLength;

    const start = p;
    p = readNumber(p, out);
    if (p == 0) {
      p = start;
      while (p < end && load<u8>(p) != LF) p++;
      const at = rest + ((<usize>left) << 3);
      store<u32>(at, k);
      store<u32>(at, <u32>(start - body), 4);
      left++;
    }
    refs += 8;
    out += 8;
  }
  const tail: usize = load<u32>(layout, TAIL);
  const tailLength: usize = load<u32>(tail, LENGTH);
  if (p + tailLength != end || !equal(p, tail + BYTES, tailLength)) return DIFFERENT;
  return left;
}

/** The brace that opens the label block of the line on which `end` stands, or `end`. */
function blockStart(from: usize, end: usize): usize {
  let cut = end;
  for (let p = end; p > from; p--) {
    const c: u32 = load<u8>(p - 1);
    if (c == LF) break;
    if (c == LBRACE) cut = p - 1;
  }
  return cut;
}

import type { Bytes } from "../bytes.ts";
import type { NumberEnd } from "../exposition/read-number.ts";
import { readNumber } from "../exposition/read-number.ts";
import type { Layout } from "./layout.ts";

const numberEnd: NumberEnd = { end: -1 };

/**
 * The fast path. If `body` has the text of the layout around its values, reads the values into `out`
 * and answers true. Equal text parses equally, so nothing else is looked at but what a
 * histogram counts, the one value that the parser itself may refuse. At the first difference
 * it answers false, with `out` half written, and the full parse has to decide.
 *
 * Text is compared in the longest stretches that there are, by native code: a call for each sample costs as
 * much again as the comparing (150 and 78 µs for 1,536 samples in 693 KB). So a value as long as the one that
 * the layout has is written over it, and the stretch goes on. Nobody else reads the values in that text.
 */
export function readValues(layout: Layout, body: Uint8Array, out: Float64Array, bytes: Bytes): boolean {
  const { text } = layout;
  if (text === undefined) return false;
  const { bytes: known, valueStart, valueEnd } = text;
  // Where the stretch begins that has not been compared yet, in the body and in the known text.
  let from = 0;
  let knownFrom = 0;
  for (let i = 0; i < valueStart.length; i += 1) {
    const start = valueStart[i] ?? 0;
    const length = (valueEnd[i] ?? 0) - start;
    const pos = from + start - knownFrom;
    if (pos >= body.length) return false;
    out[i] = readNumber(body, pos, numberEnd, bytes);
    const { end } = numberEnd;
    if (end === -1) return false;
    if (end - pos === length) {
      for (let k = 0; k < length; k += 1) known[start + k] = body[pos + k] ?? 0;
      continue;
    }
    if (!bytes.equal(body, from, pos, known, knownFrom, start)) return false;
    from = end;
    knownFrom = start + length;
  }
  for (const i of layout.populations) if ((out[i] ?? 0) < 0) return false;
  return bytes.equal(body, from, body.length, known, knownFrom, known.length);
}

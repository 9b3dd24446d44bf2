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
 * The native compare runs at memory speed; a loop over bytes in JavaScript takes four times as long.
 */
export function readValues(layout: Layout, body: Uint8Array, out: Float64Array, bytes: Bytes): boolean {
  const { text } = layout;
  if (text === undefined) return false;
  const { bytes: known, valueStart, valueEnd } = text;
  let textPos = 0;
  let pos = 0;
  for (let i = 0; i < valueStart.length; i += 1) {
    const gapEnd = valueStart[i] ?? 0;
    const valuePos = pos + gapEnd - textPos;
    if (valuePos > body.length || !bytes.equal(body, pos, valuePos, known, textPos, gapEnd)) return false;
    out[i] = readNumber(body, valuePos, numberEnd, bytes);
    if (numberEnd.end === -1) return false;
    pos = numberEnd.end;
    textPos = valueEnd[i] ?? 0;
  }
  const restLength = known.length - textPos;
  for (const i of layout.populations) if ((out[i] ?? 0) < 0) return false;
  return (
    body.length - pos === restLength && bytes.equal(body, pos, body.length, known, textPos, known.length)
  );
}

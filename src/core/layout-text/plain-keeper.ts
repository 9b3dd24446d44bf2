import type { Bytes } from "../bytes.ts";
import type { NumberEnd } from "../exposition/read-number.ts";
import { readNumber } from "../exposition/read-number.ts";
import type { LayoutText, TextKeeper, ValueSpans } from "./layout-text.ts";

/** Keeps texts without WebAssembly: a whole body each, 450 bytes a series. The reference for the other keeper. */
export function createPlainKeeper(bytes: Bytes): TextKeeper {
  return { keep: (body, spans) => keep(body, spans, bytes) };
}

function keep(body: Uint8Array, { starts, ends }: ValueSpans, bytes: Bytes): LayoutText {
  const known = body.slice();
  const valueStart = Uint32Array.from(starts);
  const valueEnd = Uint32Array.from(ends);
  const numberEnd: NumberEnd = { end: -1 };
  return {
    read(pushed, out) {
      // Where the stretch begins that has not been compared yet, in the body and in the known text.
      let from = 0;
      let knownFrom = 0;
      for (let i = 0; i < valueStart.length; i += 1) {
        const start = valueStart[i] ?? 0;
        const pos = from + start - knownFrom;
        if (pos >= pushed.length) return false;
        if (!bytes.equal(pushed, from, pos, known, knownFrom, start)) return false;
        out[i] = readNumber(pushed, pos, numberEnd, bytes);
        if (numberEnd.end === -1) return false;
        from = numberEnd.end;
        knownFrom = valueEnd[i] ?? 0;
      }
      return bytes.equal(pushed, from, pushed.length, known, knownFrom, known.length);
    },
    release() {
      // Nobody else holds what it has.
    },
  };
}

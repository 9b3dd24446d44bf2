import { Buffer } from "node:buffer";
import type { AssembledBody } from "./assemble-body.ts";

const POINT = 0x2e;
const ZERO = 0x30;

/** The body of push number `push` of its version, by the same digits that load.c raises. */
export function bodyAt({ text, rising }: AssembledBody, push: number): Uint8Array {
  const bytes = Buffer.from(text);
  for (const { end, step } of rising) raiseDigits(bytes, end, step * push);
  return bytes;
}

/** The digits that end at `end` rise by `by`. A point among them is skipped. */
function raiseDigits(bytes: Uint8Array, end: number, by: number): void {
  let carry = by;
  for (let at = end - 1; carry > 0; at -= 1) {
    if (bytes[at] === POINT) continue;
    const sum = bytes[at]! - ZERO + carry;
    bytes[at] = ZERO + (sum % 10);
    carry = Math.floor(sum / 10);
  }
}

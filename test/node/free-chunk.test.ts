import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { freeChunk } from "../../src/node/free-chunk.ts";

test("a chunk that has its memory to itself is emptied", () => {
  const chunk = Buffer.from(new Uint8Array(10).buffer);
  freeChunk(chunk);
  expect(chunk).toHaveLength(0);
  freeChunk(chunk); // which several may do
});

test.each([
  ["a part", Buffer.from(new ArrayBuffer(20), 0, 10)],
  ["shared memory", Buffer.from(new SharedArrayBuffer(10))],
])("%s is left as it is", (_, chunk) => {
  freeChunk(chunk);
  expect(chunk).toHaveLength(10);
});

import { gunzipSync, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Deflated } from "../../../src/platform/gzip/deflated.ts";
import { deflatedHere } from "../../../src/platform/gzip/deflated.ts";
import { gzipOf } from "../../../src/platform/gzip/gzip-pieces.ts";

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

async function gzipped(pieces: AsyncIterable<Uint8Array | Deflated>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of gzipOf(pieces)) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

/** Of the first member, and what of the file it takes: many clients read no other. */
function firstMember(file: Buffer): { readonly text: string; readonly bytes: number } {
  const { buffer, engine } = inflateRawSync(file.subarray(HEADER_BYTES), { info: true }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  return { text: buffer.toString(), bytes: HEADER_BYTES + engine.bytesWritten + TRAILER_BYTES };
}

const LINES = Array.from({ length: 20_000 }, (_, i) => `flink_taskmanager_x{tm_id="tm${i}"} ${i}\n`).join("");

test.each<[what: string, pieces: readonly (readonly [text: string, isDeflated: boolean])[]]>([
  ["nothing", []],
  ["an empty piece", [["", false]]],
  ["comment lines, which are left as they are", [["# TYPE x gauge\n", false]]],
  ["what is compressed here", [[LINES, false]]],
  ["what comes compressed", [[LINES, true]]],
  [
    "both in turn",
    [
      ["# TYPE x gauge\n", false],
      [LINES, true],
      ["y".repeat(5_000), false],
      [LINES.slice(7), true],
      ["# EOF\n", false],
    ],
  ],
])("one member of gzip holds %s", async (_, pieces) => {
  const file = await gzipped(
    (async function* parts() {
      for (const [text, isDeflated] of pieces) {
        const bytes = Buffer.from(text);
        yield await Promise.resolve(isDeflated ? deflatedHere(bytes) : bytes);
      }
    })(),
  );
  const text = pieces.map(([each]) => each).join("");
  expect(gunzipSync(file).toString()).toBe(text);
  expect(firstMember(file)).toEqual({ text, bytes: file.length });
});

test("a piece that is lent is read before the next is asked for", async () => {
  const lent = new Uint8Array(new SharedArrayBuffer(50_000));
  async function* changing(): AsyncIterable<Uint8Array> {
    for (const letter of ["a", "b", "c"]) {
      lent.fill(letter.charCodeAt(0));
      yield await Promise.resolve(lent);
    }
    lent.fill(0);
  }
  const text = gunzipSync(await gzipped(changing())).toString();
  expect(text).toBe(["a", "b", "c"].map((letter) => letter.repeat(50_000)).join(""));
});

test("a view that breaks off is no file", async () => {
  await expect(gzipped(broken())).rejects.toThrow("the thread has died");
});

async function* broken(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(LINES));
  throw new Error("the thread has died");
}

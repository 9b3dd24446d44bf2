import { Readable } from "node:stream";
import { array, assert, asyncProperty, integer, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32c } from "../../../src/platform/body-coding/crc32c.ts";
import { createSnappyDecoder } from "../../../src/platform/body-coding/snappy-frames.ts";
import {
  SNAPPY_BEGIN,
  snappyBlock,
  snappyChunk,
  snappyData,
  snappyStream,
} from "../../support/snappy-frames.ts";

/** The bytes that come out, or the error. */
async function decode(...pieces: Uint8Array[]): Promise<string> {
  const decoder = Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(createSnappyDecoder());
  try {
    return Buffer.concat(await decoder.toArray()).toString("latin1");
  } catch (error) {
    return String(error);
  }
}

const A = Buffer.from("a 1\n");

test("CRC32C of the digits is what RFC 3720 says", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
});

test("a stream that a Pushgateway has read", async () => {
  const observed = "/wYAAHNOYVBwWQEVAADQ54YQc29tZV9tZXRyaWMgMy4xNAo=";
  expect(await decode(Buffer.from(observed, "base64"))).toBe("some_metric 3.14\n");
});

test("chunks of any kind, cut anywhere", async () => {
  const stream = Buffer.concat([
    SNAPPY_BEGIN,
    snappyChunk(0, snappyData(A)),
    snappyChunk(0xfe, Buffer.alloc(100_000)),
    snappyChunk(1, snappyData(A, A)),
    SNAPPY_BEGIN,
    snappyChunk(0x80, Buffer.from("a reader need not know it")),
    snappyChunk(0, snappyData(Buffer.alloc(65_536, "x"))),
  ]);
  const want = `a 1\na 1\n${"x".repeat(65_536)}`;
  expect(await decode(stream)).toBe(want);
  await assert(
    asyncProperty(array(integer({ min: 0, max: stream.length }), { maxLength: 5 }), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
      const pieces = at.slice(1).map((end, i) => stream.subarray(at[i], end));
      expect(await decode(...pieces)).toBe(want);
    }),
    { numRuns: 50 },
  );
});

test("what is compressed comes back", async () => {
  await assert(
    asyncProperty(uint8Array({ maxLength: 200_000 }), async (bytes) => {
      expect(await decode(snappyStream(bytes))).toBe(Buffer.from(bytes).toString("latin1"));
    }),
    { numRuns: 50 },
  );
});

test("nothing at all is nothing", async () => {
  expect(await decode()).toBe("");
});

describe("is refused:", () => {
  const corrupt = "Error: snappy: corrupt input";
  const wrongSum = snappyData(A);
  wrongSum[0]! ^= 1;
  test.each<[what: string, stream: Uint8Array[], message: string]>([
    ["a raw block", [snappyBlock(A)], corrupt],
    ["text", [A], corrupt],
    ["data before the identifier", [snappyChunk(0, snappyData(A))], corrupt],
    ["another identifier", [snappyChunk(0xff, Buffer.from("sNaPpX"))], corrupt],
    ["a wrong checksum", [SNAPPY_BEGIN, snappyChunk(0, wrongSum)], corrupt],
    ["a chunk without a checksum", [SNAPPY_BEGIN, snappyChunk(1, Buffer.alloc(3))], corrupt],
    ["a chunk of a kind to come", [SNAPPY_BEGIN, snappyChunk(2, A)], "Error: snappy: unsupported input"],
    ["a block that is none", [SNAPPY_BEGIN, snappyChunk(0, Buffer.alloc(9, 0xff))], corrupt],
    ["a header that breaks off", [SNAPPY_BEGIN, Buffer.from([0, 1])], corrupt],
    ["a chunk that breaks off", [SNAPPY_BEGIN, snappyChunk(0, snappyData(A)).subarray(0, -1)], corrupt],
    ["padding that breaks off", [SNAPPY_BEGIN, snappyChunk(0xfe, A).subarray(0, -1)], corrupt],
    ["a chunk of 16 MB", [SNAPPY_BEGIN, Buffer.from([0, 0xff, 0xff, 0xff])], corrupt],
    ["a block of more than 64 KB", [SNAPPY_BEGIN, snappyChunk(0, snappyData(Buffer.alloc(65_537)))], corrupt],
  ])("%s", async (_, stream, message) => {
    expect(await decode(...stream)).toBe(message);
  });

  test("any stream with a bit flipped, unless it still says the same", async () => {
    const stream = snappyStream(Buffer.from("some_metric 3.14\nsome_metric 3.15\n"));
    const good = await decode(stream);
    for (let bit = 0; bit < stream.length * 8; bit += 1) {
      const flipped = Buffer.from(stream);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const read = await decode(flipped);
      if (!read.startsWith("Error: snappy: ")) expect([bit, good.startsWith(read)]).toEqual([bit, true]);
    }
  });
});

test("a length above 2^31 is corrupt, and does not lead backwards", async () => {
  const block = Buffer.from(
    `90086423205459504520612067617567650a617b6c3d2276227d20310a${"fe1a00".repeat(20)}fcfe1a00d61a00`,
    "hex",
  );
  const data = snappyData(Buffer.from("x"), block);
  expect(await decode(SNAPPY_BEGIN, snappyChunk(0, data))).toBe("Error: snappy: corrupt input");
});

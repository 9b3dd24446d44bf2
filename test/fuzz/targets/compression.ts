import { Readable } from "node:stream";
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { decodeBody } from "../../../src/platform/body-coding/decode-body.ts";
import type { ContentCoding } from "../../../src/platform/body-coding/content-coding.ts";
import { createBodyPool } from "../../../src/node/body-pool.ts";
import { snappyStream } from "../../support/snappy-frames.ts";
import { checkMessage, type Target } from "../target.ts";
import { mutateBytes } from "../tokens.ts";

const MAX_BYTES = 100_000;

const PLAIN = [
  "",
  "a 1\n",
  '# TYPE a gauge\na{l="v"} 1\n'.repeat(40),
  "\0".repeat(99_999),
  "x".repeat(100_001),
].map((text) => Buffer.from(text));
const BOMB = Buffer.alloc(20_000_000);

const ENCODED: Readonly<Record<ContentCoding, readonly Uint8Array[]>> = {
  gzip: [...[...PLAIN, BOMB].map((body) => gzipSync(body)), handMade()],
  zstd: [...PLAIN, BOMB].map((body) => zstdCompressSync(body)),
  snappy: PLAIN.map((body) => snappyStream(body)),
};

/** Compressed bodies, in chunks of any size: what comes of them is bounded, and all memory is given back. */
export function compressionTarget(coding: ContentCoding): Target {
  const pool = createBodyPool({ maxInflightBytes: MAX_BYTES * 20, maxInflightRequests: 20 });
  return {
    name: coding,
    make(random) {
      let bytes = random.pick(ENCODED[coding]);
      for (let left = random.below(4); left > 0; left -= 1) bytes = mutateBytes(bytes, random);
      if (random.oneIn(10)) bytes = Buffer.concat([bytes, random.pick(ENCODED[coding])]);
      return bytes;
    },
    async check(input) {
      const size = 1 + (crc32(input) % (input.length + 1));
      const chunks = Array.from({ length: Math.ceil(input.length / size) }, (_, i) =>
        Buffer.from(input.subarray(i * size, (i + 1) * size)),
      );
      const received = await decodeBody(
        Readable.from(chunks, { objectMode: false }),
        coding,
        pool,
        MAX_BYTES,
      );
      if (received.ok) {
        if (received.body.bytes.length > MAX_BYTES)
          throw new Error(`${received.body.bytes.length} bytes were taken`);
        pool.give(received.body.memory);
      } else {
        checkMessage(received.message);
      }
      if (pool.inflightBytes() !== 0) throw new Error(`${pool.inflightBytes()} bytes were not given back`);
    },
  };
}

/** With fields in the header that gzip itself does not write. */
function handMade(): Uint8Array {
  const body = Buffer.from("a 1\n");
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(body), 0);
  tail.writeUInt32LE(body.length, 4);
  const fields = Buffer.concat([Buffer.from([3, 0, 1, 2, 3]), Buffer.from("name\0comment\0")]);
  return Buffer.concat([
    Buffer.from([31, 139, 8, 28, 0, 0, 0, 0, 0, 255]),
    fields,
    deflateRawSync(body),
    tail,
  ]);
}

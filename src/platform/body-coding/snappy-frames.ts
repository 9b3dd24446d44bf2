import { Buffer } from "node:buffer";
import { Transform } from "node:stream";
import { crc32c } from "./crc32c.ts";
import { decodeSnappyBlock } from "./snappy-block.ts";

const Chunk = { compressed: 0x00, plain: 0x01, firstSkippable: 0x80, identifier: 0xff } as const;
const IDENTIFIER = Buffer.from("sNaPpY");
const HEADER_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** What one chunk may hold. */
const MAX_PLAIN_BYTES = 65_536;
/** What it may take up: snappy's own bound on how far a block can grow. */
const MAX_CHUNK_BYTES = CHECKSUM_BYTES + 32 + MAX_PLAIN_BYTES + Math.floor(MAX_PLAIN_BYTES / 6);

/**
 * Decodes the framing format of snappy (`framing_format.txt` of google/snappy), which is what a Pushgateway
 * and the client for Python call snappy. A raw block is no such stream. Errors are those of Go's snappy.
 */
export function createSnappyDecoder(): Transform {
  let waiting: Buffer = Buffer.alloc(0);
  /** Of a chunk that only has to be passed over. */
  let bytesToSkip = 0;
  let hasBegun = false;

  function decode(decoder: Transform): void {
    for (;;) {
      const skipped = Math.min(bytesToSkip, waiting.length);
      waiting = waiting.subarray(skipped);
      bytesToSkip -= skipped;
      if (bytesToSkip > 0 || waiting.length < HEADER_BYTES) return;

      const type = waiting.readUInt8(0);
      const length = waiting.readUIntLE(1, HEADER_BYTES - 1);
      if (!hasBegun && type !== Chunk.identifier) throw corrupt();
      if (type >= Chunk.firstSkippable && type !== Chunk.identifier) {
        waiting = waiting.subarray(HEADER_BYTES);
        bytesToSkip = length;
        continue;
      }
      if (length > MAX_CHUNK_BYTES) throw corrupt();
      if (waiting.length < HEADER_BYTES + length) return;
      const chunk = waiting.subarray(HEADER_BYTES, HEADER_BYTES + length);
      waiting = waiting.subarray(HEADER_BYTES + length);
      if (type === Chunk.identifier) {
        if (!chunk.equals(IDENTIFIER)) throw corrupt();
        hasBegun = true;
      } else {
        decoder.push(decodeChunk(type, chunk));
      }
    }
  }

  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      try {
        decode(this);
        done();
      } catch (error) {
        done(error instanceof Error ? error : corrupt());
      }
    },
    flush(done) {
      done(waiting.length > 0 || bytesToSkip > 0 ? corrupt() : null);
    },
  });
}

function decodeChunk(type: number, chunk: Buffer): Uint8Array {
  if (type !== Chunk.compressed && type !== Chunk.plain) throw new Error("snappy: unsupported input");
  if (chunk.length < CHECKSUM_BYTES) throw corrupt();
  const data = chunk.subarray(CHECKSUM_BYTES);
  const plain = type === Chunk.plain ? data : decompress(data);
  if (plain.length > MAX_PLAIN_BYTES || mask(crc32c(plain)) !== chunk.readUInt32LE(0)) throw corrupt();
  return plain;
}

function decompress(block: Buffer): Uint8Array {
  try {
    return decodeSnappyBlock(block, MAX_PLAIN_BYTES);
  } catch (error) {
    throw corrupt(error);
  }
}

/** A checksum of data that holds checksums is a bad one, so it is stored rotated and moved. */
function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function corrupt(cause?: unknown): Error {
  return new Error("snappy: corrupt input", { cause });
}

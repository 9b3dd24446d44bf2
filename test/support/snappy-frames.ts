import { compress } from "snappyjs";
import { crc32c } from "../../src/platform/body-coding/crc32c.ts";

export const SNAPPY_BEGIN: Buffer = Buffer.from("\xff\x06\x00\x00sNaPpY", "latin1");

/** One chunk of snappy's framing format. */
export function snappyChunk(type: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(type, 0);
  header.writeUIntLE(data.length, 1, 3);
  return Buffer.concat([header, data]);
}

/** A raw block, which is no stream. */
export function snappyBlock(bytes: Uint8Array): Buffer {
  return Buffer.from(compress(bytes));
}

/** What a chunk of data holds: a masked checksum and the data, compressed or not. */
export function snappyData(plain: Uint8Array, stored: Uint8Array = snappyBlock(plain)): Buffer {
  const crc = crc32c(plain);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return Buffer.concat([checksum, stored]);
}

/** A whole stream, as the client for Python sends it. */
export function snappyStream(plain: Uint8Array): Buffer {
  const chunks = [SNAPPY_BEGIN];
  for (let at = 0; at < plain.length; at += 65_536) {
    chunks.push(snappyChunk(0, snappyData(plain.subarray(at, at + 65_536))));
  }
  return Buffer.concat(chunks);
}

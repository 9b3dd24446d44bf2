import { Duplex } from "node:stream";
import { createZstdCompress } from "node:zlib";

/** A stream of the Web that compresses by zstd, which `CompressionStream` cannot. */
export function zstdStream(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return Duplex.toWeb(createZstdCompress());
}

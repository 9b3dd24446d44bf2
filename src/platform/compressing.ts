import { Duplex } from "node:stream";
import { createGzip, createZstdCompress } from "node:zlib";
import { GZIP_LEVEL } from "./gzip/deflated.ts";

type Compressing = TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;

const CHUNK_BYTES = 64 * 1024;

export function gzipStream(): Compressing {
  return Duplex.toWeb(createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES }));
}

/** What `CompressionStream` cannot. */
export function zstdStream(): Compressing {
  return Duplex.toWeb(createZstdCompress());
}

import type { Transform } from "node:stream";
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { createSnappyDecoder } from "./snappy-frames.ts";

/** How a body is compressed. */
export type ContentCoding = "gzip" | "snappy" | "zstd";

/** The coding that a `Content-Encoding` names. Any other is taken for none, as a Pushgateway does. */
export function contentCoding(header: string | undefined): ContentCoding | undefined {
  const name = header?.trim().toLowerCase();
  return name === "gzip" || name === "snappy" || name === "zstd" ? name : undefined;
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;

/** Whether a body begins as a zstd frame does. No text does, and no protobuf of ours. */
export function isZstd(bytes: Uint8Array): boolean {
  return ZSTD_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Decoded bytes a step. Node's own 16 KB make four times the calls. */
const CHUNK_BYTES = 64 * 1024;
/** RFC 9659: a frame may ask its reader for a window of 8 MB at most. Otherwise some bytes could ask for 128 MB. */
const ZSTD_WINDOW_LOG = 23;

/** A stream that decodes. What it takes and gives is bounded by its user. */
export function createDecoder(coding: ContentCoding): Transform & { readonly bytesWritten?: number } {
  switch (coding) {
    case "gzip":
      return createGunzip({ chunkSize: CHUNK_BYTES });
    case "snappy":
      return createSnappyDecoder();
    case "zstd":
      return createZstdDecompress({
        chunkSize: CHUNK_BYTES,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
      });
  }
}

/** What is wrong with a body: for gzip and snappy in the words of the Pushgateway. */
export function decodingError(
  coding: ContentCoding,
  error: NodeJS.ErrnoException,
  receivedBytes: number,
): string {
  if (coding === "snappy") return error.message;
  if (error.code === "Z_BUF_ERROR") return receivedBytes === 0 ? "EOF" : "unexpected EOF";
  // workerd says first what has failed.
  if (coding === "zstd") return `zstd: ${error.message.replace("Zstd decompression failed: ", "")}`;
  switch (error.message) {
    case "incorrect header check":
      return BEHIND_END.gzip;
    case "incorrect data check":
    case "incorrect length check":
      return "gzip: invalid checksum";
    default:
      return `flate: corrupt input: ${error.message}`;
  }
}

/** What stands behind the last member or frame is no other one. Node's decoders pass over some of it. */
export const BEHIND_END = {
  gzip: "gzip: invalid header",
  zstd: "zstd: Unknown frame descriptor",
} as const;

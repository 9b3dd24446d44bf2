import type { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { Received } from "../../http/relay.ts";
import type { BodyMemory, Failed, Memory, PlacedBody } from "./body-sink.ts";
import { BROKEN, collectBody, createBodySink, tooLarge } from "./body-sink.ts";
import { BEHIND_END, createDecoder, decodingError, type ContentCoding } from "./content-coding.ts";

/** What a body is given at first that will be decoded: how large it is then nobody knows. */
const FIRST_BYTES = 64 * 1024;

/**
 * Decodes a body as it comes. Both what comes and what becomes of it are bounded, and at the bound decoding ends:
 * a body that would decode to gigabytes costs no more than one that is too large.
 */
export async function decodeBody<M extends Memory>(
  source: Readable,
  coding: ContentCoding,
  pool: BodyMemory<M>,
  maxBodyBytes: number,
): Promise<Received<PlacedBody<M>>> {
  const sink = createBodySink(Math.min(FIRST_BYTES, maxBodyBytes), pool, maxBodyBytes);
  if ("ok" in sink) return sink;
  const decoder = createDecoder(coding);
  let receivedBytes = 0;

  function onData(chunk: Buffer): void {
    receivedBytes += chunk.length;
    if (receivedBytes > maxBodyBytes) decoder.destroy();
  }
  /** What breaks off does not end. */
  function onClose(): void {
    if (!source.readableEnded) decoder.destroy();
  }
  function failureOf(error: Error | undefined): Failed {
    if (error !== undefined) return undecodable(decodingError(coding, error, receivedBytes));
    return receivedBytes > maxBodyBytes ? tooLarge(maxBodyBytes) : BROKEN;
  }

  source.on("data", onData).on("close", onClose).pipe(decoder);
  const received = await collectBody(decoder, sink, failureOf);
  source.off("data", onData).off("close", onClose).unpipe(decoder);
  decoder.destroy();
  if (received.ok && coding !== "snappy" && (decoder.bytesWritten ?? 0) < receivedBytes) {
    pool.give(received.body.memory);
    return undecodable(BEHIND_END[coding]);
  }
  return received;
}

function undecodable(message: string): Failed {
  return { ok: false, code: "undecodable", message };
}

import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Received } from "../http/relay.ts";
import { contentCoding, isZstd } from "../platform/body-coding/content-coding.ts";
import { decodeBody } from "../platform/body-coding/decode-body.ts";
import type { BodyPool, PooledBody } from "./body-pool.ts";
import { freeChunk } from "./free-chunk.ts";
import { BROKEN, collectBody, createBodySink, tooLarge } from "../platform/body-coding/body-sink.ts";

/** What a chunked body, whose length nobody knows, is given at first. */
const FIRST_CHUNKED_BYTES = 64 * 1024;

/**
 * Reads a request's body straight from Node's request into one piece of pooled memory, decompressed. Reading it
 * through the Web `Request` costs two thirds of the throughput.
 *
 * What is past a bound is left to `readToEnd`.
 */
export async function receiveBody(
  request: IncomingMessage,
  pool: BodyPool,
  maxBodyBytes: number,
): Promise<Received<PooledBody>> {
  const header = request.headers["content-encoding"];
  const coding = contentCoding(header);
  const declared = request.headers["content-length"];
  const expectedBytes =
    declared === undefined ? Math.min(FIRST_CHUNKED_BYTES, maxBodyBytes) : Number(declared);
  if (expectedBytes > maxBodyBytes) return tooLarge(maxBodyBytes);
  if (coding !== undefined) return await decodeBody(request, coding, pool, maxBodyBytes);
  const sink = createBodySink(expectedBytes, pool, maxBodyBytes);
  if ("ok" in sink) return sink;
  // Where the length was declared, Node ends no request that is shorter: it closes it.
  const collected = collectBody(request, sink, () => BROKEN);
  request.on("data", freeChunk); // behind the listener that has copied it
  const received = await collected;
  // In HTTP/2 a body ends too where its client takes the request back.
  if (received.ok && request.aborted) {
    pool.give(received.body.memory);
    return BROKEN;
  }
  if (!received.ok || header !== undefined || !isZstd(received.body.bytes)) return received;
  const { bytes, memory } = received.body;
  try {
    const compressed = Readable.from([Buffer.from(bytes)]);
    return await decodeBody(compressed, "zstd", pool, maxBodyBytes);
  } finally {
    pool.give(memory);
  }
}

/** Whoever sends more than that for nothing gets no answer. How long it may take is bounded for every request. */
const MOST_DROPPED_BYTES = 256 * 2 ** 20;

/**
 * Drops what is still to come of a body, until the client has written all of it or has gone. An answer before
 * that closes the connection on a client that still writes: it never sees it, and Flink's sends the push again.
 */
export async function readToEnd(
  request: IncomingMessage,
  mostBytes: number = MOST_DROPPED_BYTES,
): Promise<void> {
  if (request.complete || request.destroyed) return;
  let droppedBytes = 0;
  await new Promise((resolve) => {
    request.once("end", resolve).once("close", resolve);
    // A chunk has a length until it is freed.
    request.off("data", freeChunk).on("data", (chunk: Buffer) => {
      droppedBytes += chunk.length;
      freeChunk(chunk);
      if (droppedBytes > mostBytes) request.destroy();
    });
    request.resume();
  });
}

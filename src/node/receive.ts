import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Received } from "../http/relay.ts";
import type { BodyPool, PooledBody } from "./body-pool.ts";

/** What a chunked body, whose length nobody knows, is given at first. */
const FIRST_CHUNKED_BYTES = 64 * 1024;

/**
 * Reads a request's body straight from Node's request into one piece of pooled memory. Reading it through
 * the Web `Request` costs two thirds of the throughput.
 *
 * What is past a bound is left to `readToEnd`.
 */
export function receiveBody(
  request: IncomingMessage,
  pool: BodyPool,
  maxBodyBytes: number,
): Promise<Received<PooledBody>> {
  const declared = request.headers["content-length"];
  const expected = declared === undefined ? FIRST_CHUNKED_BYTES : Number(declared);
  if (expected > maxBodyBytes) return Promise.resolve(tooLarge(maxBodyBytes));
  const memory = pool.take(expected);
  if (memory === undefined) return Promise.resolve(OVERLOADED);

  return new Promise((resolve) => {
    let bytes = new Uint8Array(memory);
    let length = 0;

    function settle(result: Received<PooledBody>): void {
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      resolve(result);
    }
    function fail(failed: Failed): void {
      pool.give(bytes.buffer);
      settle(failed);
    }
    function onData(chunk: Buffer): void {
      if (length + chunk.length > bytes.length && !grow(length + chunk.length)) return;
      // Not `bytes.set`: into shared memory V8 copies byte by byte.
      chunk.copy(bytes, length);
      length += chunk.length;
    }
    function onEnd(): void {
      // Where the length was declared, Node ends no request that is shorter: it closes it.
      settle({
        ok: true,
        body: { bytes: bytes.subarray(0, length), memory: bytes.buffer },
      });
    }
    function onClose(): void {
      fail(BROKEN);
    }
    /** Only for chunked bodies. */
    function grow(needed: number): boolean {
      const refusal = needed > maxBodyBytes ? tooLarge(maxBodyBytes) : OVERLOADED;
      const larger = needed > maxBodyBytes ? undefined : pool.take(Math.min(needed * 2, maxBodyBytes));
      if (larger === undefined) {
        fail(refusal);
        return false;
      }
      const before = bytes;
      bytes = new Uint8Array(larger);
      bytes.set(before.subarray(0, length));
      pool.give(before.buffer);
      return true;
    }

    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

type Failed = Exclude<Received<PooledBody>, { ok: true }>;

const BROKEN: Failed = {
  ok: false,
  code: "broken",
  message: "the body ended before its length: nothing was stored",
};

const OVERLOADED: Failed = {
  ok: false,
  code: "overloaded",
  message: "too many bodies in flight (--limit.inflight-bytes): the next push will bring the same totals",
};

function tooLarge(maxBodyBytes: number): Failed {
  const message = `the body is larger than ${maxBodyBytes} bytes: raise --limit.body-bytes or push less in one group`;
  return { ok: false, code: "too_large", message };
}

/**
 * Drops what is still to come of a body, until the client has written all of it or has gone. An answer before
 * that closes the connection on a client that still writes: it never sees it, and Flink's sends the push again.
 */
export async function readToEnd(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise((resolve) => {
    request.once("end", resolve).once("close", resolve);
    request.resume();
  });
}

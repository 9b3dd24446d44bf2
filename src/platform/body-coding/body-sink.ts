import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { Body, Received } from "../../http/relay.ts";

export type Failed = Exclude<Received<Body>, { ok: true }>;

/** Memory of the kind in which a platform lets bodies arrive. */
export type Memory = ArrayBuffer | SharedArrayBuffer;

/** A body, and the memory that it lies in: its owner gives it back. */
export interface PlacedBody<M extends Memory> {
  readonly bytes: Uint8Array<M>;
  readonly memory: M;
}

export interface BodyMemory<M extends Memory> {
  /** Memory for at least that many bytes, or the flag of the bound that is reached. */
  take(byteLength: number): M | `--limit.${string}`;
  give(memory: M): void;
}

/** Where a body gathers: one piece of pooled memory, exchanged for a larger one where it does not suffice. */
export interface BodySink<M extends Memory> {
  /** Why the chunk cannot be taken, or undefined. */
  write(chunk: Buffer): Failed | undefined;
  /** The body. The memory is its owner's from then on. */
  finish(): PlacedBody<M>;
  /** Gives the memory back. */
  drop(): void;
}

/** A sink for about that many bytes, or why there is none. */
export function createBodySink<M extends Memory>(
  expectedBytes: number,
  pool: BodyMemory<M>,
  maxBodyBytes: number,
): BodySink<M> | Failed {
  const memory = pool.take(expectedBytes);
  if (typeof memory === "string") return overloaded(memory);
  let bytes = new Uint8Array(memory);
  let length = 0;

  function grow(needed: number): Failed | undefined {
    const larger = pool.take(Math.min(needed * 2, maxBodyBytes));
    if (typeof larger === "string") return overloaded(larger);
    const before = bytes;
    bytes = new Uint8Array(larger);
    Buffer.from(before.buffer, 0, length).copy(bytes);
    pool.give(before.buffer);
    return undefined;
  }

  return {
    write(chunk) {
      const needed = length + chunk.length;
      if (needed > maxBodyBytes) return tooLarge(maxBodyBytes);
      const failed = needed > bytes.length ? grow(needed) : undefined;
      if (failed !== undefined) return failed;
      // Not `bytes.set`: into shared memory V8 copies byte by byte.
      chunk.copy(bytes, length);
      length = needed;
      return undefined;
    },
    finish: () => ({ bytes: bytes.subarray(0, length), memory: bytes.buffer }),
    drop: () => pool.give(bytes.buffer),
  };
}

/** Writes all that a stream gives into the sink. `failureOf` says what an error of it means, or its end without one. */
export function collectBody<M extends Memory>(
  source: Readable,
  sink: BodySink<M>,
  failureOf: (error: Error | undefined) => Failed,
): Promise<Received<PlacedBody<M>>> {
  return new Promise((resolve) => {
    function settle(result: Received<PlacedBody<M>>): void {
      source.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onError);
      resolve(result);
    }
    function fail(failed: Failed): void {
      sink.drop();
      settle(failed);
    }
    function onData(chunk: Buffer): void {
      const failed = sink.write(chunk);
      if (failed !== undefined) fail(failed);
    }
    function onEnd(): void {
      settle({ ok: true, body: sink.finish() });
    }
    function onClose(): void {
      fail(failureOf(undefined));
    }
    function onError(error: Error): void {
      fail(failureOf(error));
    }
    source.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onError);
  });
}

export const BROKEN: Failed = {
  ok: false,
  code: "broken",
  message: "the body ended before its length: nothing was stored",
};

export function overloaded(flag: string): Failed {
  const message = `too many bodies in flight (${flag}): the next push will bring the same totals`;
  return { ok: false, code: "overloaded", message };
}

export function tooLarge(maxBodyBytes: number): Failed {
  const message = `the body is larger than ${maxBodyBytes} bytes: raise --limit.body-bytes or push less in one group`;
  return { ok: false, code: "too_large", message };
}

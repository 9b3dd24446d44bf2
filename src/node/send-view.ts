import type { ServerResponse } from "node:http";

/** The answers whose views are to be sent behind their headers. */
export interface SentViews {
  /** Takes over the view of an answer that is being made. */
  take(outgoing: ServerResponse, pieces: AsyncIterable<Uint8Array>): void;
  /** Sends the answer, where its view was taken over; says whether it was. */
  send(outgoing: ServerResponse, answer: Response): boolean;
}

/**
 * A view goes to its socket without a Web stream between, because nobody else knows when the system has taken a
 * piece: from then on its memory may be written again. See `docs/performance.md`.
 */
export function createSentViews(): SentViews {
  const taken = new WeakMap<ServerResponse, AsyncIterable<Uint8Array>>();
  return {
    take: (outgoing, pieces) => void taken.set(outgoing, pieces),
    send(outgoing, answer) {
      const pieces = taken.get(outgoing);
      if (pieces === undefined) return false;
      taken.delete(outgoing);
      void sendAll(outgoing, answer, pieces);
      return true;
    },
  };
}

/** Where a piece cannot be made, or nobody reads it, the connection ends: a client must not take half of a view for all of it. */
async function sendAll(
  outgoing: ServerResponse,
  { status, headers }: Response,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const write = createWrite(outgoing);
  try {
    outgoing.writeHead(status, Object.fromEntries(headers));
    for await (const piece of pieces) await write(piece);
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}

/** Settles when the system has taken the bytes. Rejects where the connection has ended before. */
function createWrite(outgoing: ServerResponse): (bytes: Uint8Array) => Promise<unknown> {
  const ended = new Promise<never>((_, reject) => {
    outgoing.once("close", () => reject(new Error("the connection has ended")));
  });
  ended.catch(() => {});
  return async (bytes) => {
    // What is written there would be an error of nobody's.
    if (outgoing.destroyed) return await ended;
    const written = new Promise<void>((resolve, reject) => {
      outgoing.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    return await Promise.race([ended, written]);
  };
}

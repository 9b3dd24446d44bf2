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
 * piece: from then on its memory may be written again. See `docs/performance.md`. `onBroken` hears of a view whose
 * rest could not be made.
 */
export function createSentViews(onBroken: (error: unknown) => void): SentViews {
  const taken = new WeakMap<ServerResponse, AsyncIterable<Uint8Array>>();

  /** A client must not take half of a view for all of it: its connection ends where the rest cannot be made. */
  async function sendAll(outgoing: ServerResponse, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const write = createWrite(outgoing);
    try {
      for await (const piece of pieces) if (!(await write(piece))) return;
      outgoing.end();
    } catch (error) {
      onBroken(error);
      outgoing.destroy();
    }
  }

  return {
    take: (outgoing, pieces) => void taken.set(outgoing, pieces),
    send(outgoing, { status, headers }) {
      const pieces = taken.get(outgoing);
      if (pieces === undefined) return false;
      taken.delete(outgoing);
      outgoing.writeHead(status, Object.fromEntries(headers));
      void sendAll(outgoing, pieces);
      return true;
    },
  };
}

/** Settles when the system has taken the bytes: with false where the connection has ended before. */
function createWrite(outgoing: ServerResponse): (bytes: Uint8Array) => Promise<boolean> {
  const ended = new Promise<false>((resolve) => {
    outgoing.once("close", () => resolve(false));
  });
  return async (bytes) => {
    // What is written there would be an error of nobody's.
    if (outgoing.destroyed) return false;
    const written = new Promise<boolean>((resolve) => {
      outgoing.write(bytes, (error) => resolve(!error));
    });
    return await Promise.race([ended, written]);
  };
}

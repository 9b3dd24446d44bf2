import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { pathOf } from "../../http/target.ts";
import type { Logger } from "../logging.ts";
import { type Copy, createTeeQueue } from "./tee-queue.ts";
import { COPY_HEADER, createTeeTarget } from "./tee-target.ts";

/**
 * What became of a copy: `sent`, and taken; `refused` by the other gateway; `failed`, as no answer came; `superseded` by
 * a newer one of its path while it waited; `dropped`, as there was no room.
 */
export type TeeOutcome = "sent" | "refused" | "failed" | "superseded" | "dropped";

export interface TeeDeps {
  /** Of the other gateway. */
  readonly url: URL;
  /** What is left out of the path of a copy. */
  readonly routePrefix: string;
  /** What is larger the relay does not take either. */
  readonly maxBodyBytes: number;
  readonly log: Logger;
  readonly onOutcome: (outcome: TeeOutcome, copies: number) => void;
  /** The most bytes that may be held for copies. */
  readonly maxBytes?: number;
}

/** Copies pushes to another gateway. Best effort: nobody waits for it, and nothing is sent twice. */
export interface Tee {
  /** Copies the body as it comes, before anybody decodes it. Must be called before its first chunk is read. */
  follow(incoming: IncomingMessage): void;
  /** Copies a request without a body. */
  copy(incoming: IncomingMessage): void;
  /** Of all that is held for copies. */
  bytes(): number;
  /** Lets go of what was not sent. */
  close(): void;
}

/** A Pushgateway does one thing at a time, so more connections would not make it faster. */
const CONNECTIONS = 4;
/** Some ninety bodies of a TaskManager. What is late is superseded, so the queue of a slow gateway holds each group once. */
const MAX_BYTES = 64 * 2 ** 20;

/** What is said between two neighbours on a connection, and what is written anew. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export function createTee({
  url,
  routePrefix,
  maxBodyBytes,
  log,
  onOutcome,
  maxBytes = MAX_BYTES,
}: TeeDeps): Tee {
  const queue = createTeeQueue(maxBytes);
  const target = createTeeTarget(url, CONNECTIONS);
  let underWay = 0;
  let isFailing = false;
  let isClosed = false;

  function add(incoming: IncomingMessage, body: Uint8Array): void {
    const copy: Copy = {
      method: incoming.method ?? "PUT",
      path: pathOf(incoming.url ?? "/").slice(routePrefix.length),
      headers: headersOf(incoming),
      body,
    };
    const superseded = queue.add(copy);
    if (superseded === undefined) onOutcome("dropped", 1);
    else if (superseded > 0) onOutcome("superseded", superseded);
    sendWaiting();
  }

  function sendWaiting(): void {
    if (isClosed) return;
    while (underWay < CONNECTIONS) {
      const copy = queue.next();
      if (copy === undefined) return;
      underWay += 1;
      void send(copy).finally(() => {
        underWay -= 1;
        queue.done(copy);
        sendWaiting();
      });
    }
  }

  async function send(copy: Copy): Promise<void> {
    try {
      const status = await target.send(copy);
      onOutcome(status < 300 ? "sent" : "refused", 1);
      if (isFailing) log.info("copies of pushes are taken again", { to: target.shown });
      isFailing = false;
    } catch (error) {
      if (isClosed) return;
      onOutcome("failed", 1);
      if (!isFailing) log.warn("copies of pushes fail", { to: target.shown, error: String(error) });
      isFailing = true;
    }
  }

  return {
    follow(incoming) {
      if (isCopy(incoming) || isClosed) return;
      const chunks: Buffer[] = [];
      let heldBytes = 0;
      function stop(): void {
        queue.release(heldBytes);
        incoming.off("data", onData).off("end", onEnd).off("close", stop);
      }
      function onData(chunk: Buffer): void {
        if (heldBytes + chunk.length > maxBodyBytes || !queue.reserve(chunk.length)) {
          stop();
          onOutcome("dropped", 1);
          return;
        }
        heldBytes += chunk.length;
        // The memory of the chunk is given back when the relay has read it.
        chunks.push(Buffer.from(chunk));
      }
      function onEnd(): void {
        stop();
        // In HTTP/2 a body ends too where its client takes the request back.
        if (!incoming.aborted) add(incoming, Buffer.concat(chunks));
      }
      incoming.on("data", onData).on("end", onEnd).on("close", stop);
    },
    copy(incoming) {
      if (!isCopy(incoming) && !isClosed) add(incoming, Buffer.alloc(0));
    },
    bytes: () => queue.bytes(),
    close() {
      isClosed = true;
      target.close();
    },
  };
}

function isCopy(incoming: IncomingMessage): boolean {
  return incoming.headers[COPY_HEADER.toLowerCase()] !== undefined;
}

/** As they were received, in their order. */
function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = rawHeaders.slice(i, i + 2);
    // Of HTTP/2 there are some that are none.
    if (!name.startsWith(":") && !NOT_COPIED.has(name.toLowerCase())) headers.push([name, value]);
  }
  return headers;
}

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ListenOptions } from "node:net";
import type { ListenAddress } from "./config/listen-address.ts";

/** Flink's client drops a connection after 5 s unless it is told otherwise, and it pushes every ten. */
const KEEP_ALIVE_MS = 76_000;
/** From the first byte of a request to its last. A client that stalls holds memory which others need. */
const REQUEST_TIMEOUT_MS = 60_000;
/** A drain that takes longer is cut off: whoever stopped us kills us soon after ten seconds. */
const DRAIN_MS = 8_000;

/** An address, or a socket that listens already. */
export type ListenPlace = ListenAddress | { readonly fd: number };

/** Rejects with Node's own error where it cannot listen. */
export async function listen(
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  place: ListenPlace,
): Promise<Server> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    listener,
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen("fd" in place ? place : addressOptions(place), () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}

function addressOptions({ host, port }: ListenAddress): ListenOptions {
  return host === undefined ? { port } : { host, port };
}

/** `host:port`, as the system gave it. */
export function addressOf(server: Server): string {
  const address = server.address();
  // Node does not know where in the file system a socket stands that it was passed.
  if (address === null || typeof address === "string") return "a socket of systemd";
  return address.family === "IPv6"
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`;
}

/** Idle connections go at once, the others when their request is answered, or when time is up. */
export async function close(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}

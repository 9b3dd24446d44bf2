import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ListenOptions, Server } from "node:net";
import type { ListenAddress } from "./config/listen-address.ts";
import type { ServerBounds } from "./limits/server-bounds.ts";

/** A drain that takes longer is cut off: whoever stopped us kills us soon after ten seconds. */
const DRAIN_MS = 8_000;

/** An address, or a socket that listens already. */
export type ListenPlace = ListenAddress | { readonly fd: number };

/** Requests of HTTP/2 come in the same shape, as far as anybody here looks at them. */
export type OnRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

export interface Closable {
  /** Its `close` ends connections on which nothing is under way. */
  readonly server: Server;
  /** Ends every connection. */
  readonly closeAll: () => void;
}

export function createPlainServer(bounds: ServerBounds, onRequest: OnRequest): Closable {
  const server = createServer(bounds.http1, onRequest);
  server.on("connection", (socket) => bounds.connections.add(socket));
  bounds.guard(server);
  return { server, closeAll: () => server.closeAllConnections() };
}

/** Rejects with Node's own error where it cannot listen. */
export async function listen(server: Server, place: ListenPlace): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen("fd" in place ? place : addressOptions(place), () => {
      server.off("error", reject);
      resolve();
    });
  });
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
export async function close({ server, closeAll }: Closable): Promise<void> {
  const timer = setTimeout(closeAll, DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(timer);
}

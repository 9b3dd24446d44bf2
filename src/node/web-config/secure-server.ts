import { constants, createSecureServer } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { TLSSocket, TlsOptions } from "node:tls";
import type { ServerBounds } from "../limits/server-bounds.ts";
import type { Closable, OnRequest } from "../listen.ts";
import { admitsClient } from "./client-certificates.ts";
import { contextOptions } from "./tls-options.ts";
import type { TlsConfig } from "./web-config.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** As many as Go allows. */
const MAX_STREAMS = 250;
/** A body of a TaskManager, so that it need not wait for the window to be opened again. */
const WINDOW_BYTES = 2 ** 20;
/**
 * Node refuses every new stream (ENHANCE_YOUR_CALM) of a connection that holds more than this: with its 10 MB, one
 * scrape that is still being sent would cost the others on its connection their pushes. Bodies are bounded elsewhere.
 */
const SESSION_MEGABYTES = 4096;

export interface SecureServer extends Closable {
  readonly server: Server | Http2SecureServer;
  /** For connections from now on. Whether clients are asked for a certificate stays as it was. */
  use(tls: TlsConfig): void;
}

/** HTTP over TLS: 1.1, and 2 where it is wanted. */
export function createTlsServer(
  tls: TlsConfig,
  http2: boolean,
  bounds: ServerBounds,
  onRequest: OnRequest,
): SecureServer {
  let current = tls;
  const options: TlsOptions = {
    ...contextOptions(tls),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    requestCert: asksForCertificate(tls),
    rejectUnauthorized: false, // admitsClient decides
  };
  const server = http2
    ? createHttp2Server(options, bounds, onRequest)
    : createServer({ ...options, ...bounds.http1 }, onRequest);
  bounds.guard(server);

  const sockets = new Set<TLSSocket>();
  // The server's own listener, which would take the connection, comes only behind ours.
  const takers = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    if (!admitsClient(socket, current)) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    for (const take of takers) take.call(server, socket);
    // Of HTTP/2 it is the session that counts.
    if (socket.alpnProtocol !== "h2") bounds.connections.add(socket);
  });
  return {
    server,
    use(next) {
      current = next;
      server.setSecureContext(contextOptions(next));
    },
    closeAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

export function asksForCertificate({ clientAuth }: TlsConfig): boolean {
  return clientAuth !== "NoClientCert";
}

function createHttp2Server(
  options: TlsOptions,
  bounds: ServerBounds,
  onRequest: OnRequest,
): Http2SecureServer {
  const server = createSecureServer(
    {
      ...options,
      ...bounds.http1,
      allowHTTP1: true,
      maxSessionMemory: SESSION_MEGABYTES,
      settings: {
        maxConcurrentStreams: MAX_STREAMS,
        initialWindowSize: WINDOW_BYTES,
        maxHeaderListSize: bounds.maxHeaderBytes,
      },
    },
    (incoming: IncomingMessage | Http2ServerRequest, outgoing: ServerResponse | Http2ServerResponse) => {
      if (isHttp2(incoming)) boundTime(incoming, bounds.maxRequestMs);
      // Node's own compatibility layer: what the relay uses is in both.
      onRequest(incoming as IncomingMessage, outgoing as ServerResponse);
    },
  );
  server.on("session", (session) => {
    session.setLocalWindowSize(WINDOW_BYTES);
    bounds.connections.add(session);
    session.setTimeout(bounds.maxIdleMs, () => session.close());
  });
  return server;
}

/** Of HTTP/2 Node bounds no time. */
function boundTime(incoming: Http2ServerRequest, maxMs: number): void {
  const timer = setTimeout(() => incoming.stream.close(constants.NGHTTP2_CANCEL), maxMs);
  const done = (): void => clearTimeout(timer);
  incoming.once("end", done).once("close", done);
}

function isHttp2(incoming: IncomingMessage | Http2ServerRequest): incoming is Http2ServerRequest {
  return incoming.httpVersionMajor === 2;
}

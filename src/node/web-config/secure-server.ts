import { constants, createSecureServer } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { TLSSocket, TlsOptions } from "node:tls";
import { KEEP_ALIVE_MS, REQUEST_TIMEOUT_MS } from "../listen.ts";
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
export function createTlsServer(tls: TlsConfig, http2: boolean, onRequest: OnRequest): SecureServer {
  let current = tls;
  const timeouts = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const options: TlsOptions = {
    ...contextOptions(tls),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    requestCert: asksForCertificate(tls),
    rejectUnauthorized: false, // admitsClient decides
  };
  const server = http2
    ? createHttp2Server(options, timeouts, onRequest)
    : createServer({ ...options, ...timeouts }, onRequest);

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
  http1Options: { readonly keepAliveTimeout: number; readonly requestTimeout: number },
  onRequest: OnRequest,
): Http2SecureServer {
  const server = createSecureServer(
    {
      ...options,
      ...http1Options,
      allowHTTP1: true,
      maxSessionMemory: SESSION_MEGABYTES,
      settings: { maxConcurrentStreams: MAX_STREAMS, initialWindowSize: WINDOW_BYTES },
    },
    (incoming: IncomingMessage | Http2ServerRequest, outgoing: ServerResponse | Http2ServerResponse) => {
      if (isHttp2(incoming)) boundTime(incoming);
      // Node's own compatibility layer: what the relay uses is in both.
      onRequest(incoming as IncomingMessage, outgoing as ServerResponse);
    },
  );
  server.on("session", (session) => {
    session.setLocalWindowSize(WINDOW_BYTES);
    session.setTimeout(KEEP_ALIVE_MS, () => session.close());
  });
  return server;
}

/** Of HTTP/2 Node bounds no time. */
function boundTime(incoming: Http2ServerRequest): void {
  const timer = setTimeout(() => incoming.stream.close(constants.NGHTTP2_CANCEL), REQUEST_TIMEOUT_MS);
  const done = (): void => clearTimeout(timer);
  incoming.once("end", done).once("close", done);
}

function isHttp2(incoming: IncomingMessage | Http2ServerRequest): incoming is Http2ServerRequest {
  return incoming.httpVersionMajor === 2;
}

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2ServerRequest } from "node:http2";
import type { Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { createConnections, type Connections } from "./connections.ts";
import type { LimitConfig } from "./limit-config.ts";
import { answerUnreadable, type ParserError, unreadableOf } from "./unreadable-request.ts";

export interface ServerBoundsDeps {
  readonly limits: Pick<LimitConfig, "maxHeaderBytes" | "maxRequestMs" | "maxIdleMs" | "maxConnections">;
  /** Told of requests that never come to the routes; nobody knows the method of some. */
  readonly onRefused: (method: string, status: number) => void;
  readonly onEvicted: () => void;
}

/** What holds of every server of the relay, whatever it speaks. */
export interface ServerBounds {
  readonly maxIdleMs: number;
  readonly maxRequestMs: number;
  readonly maxHeaderBytes: number;
  /** For Node's servers of HTTP/1. */
  readonly http1: {
    readonly keepAliveTimeout: number;
    readonly requestTimeout: number;
    readonly maxHeaderSize: number;
    readonly connectionsCheckingInterval: number;
  };
  readonly connections: Connections;
  /** Answers what the server cannot read. */
  guard(server: Server | TlsServer | Http2SecureServer): void;
  /** A request has come. */
  note(incoming: IncomingMessage, outgoing: ServerResponse): void;
}

/** Node looks for connections that are too slow from time to time only. */
const SLOWEST_CHECK_MS = 15_000;
const CHECKS_A_REQUEST = 4;

export function createServerBounds({ limits, onRefused, onEvicted }: ServerBoundsDeps): ServerBounds {
  const { maxHeaderBytes, maxRequestMs, maxIdleMs, maxConnections } = limits;
  const connections = createConnections(maxConnections, onEvicted);

  function answer(error: ParserError, socket: Duplex): void {
    const unreadable = unreadableOf(error, limits);
    if (unreadable !== undefined) onRefused("", Number.parseInt(unreadable.status, 10));
    // Behind half an answer another one would be taken for the rest of it.
    if (unreadable === undefined || !socket.writable || connections.isAnswering(socket)) socket.destroy();
    else answerUnreadable(socket, unreadable);
  }

  return {
    maxIdleMs,
    maxRequestMs,
    maxHeaderBytes,
    http1: {
      keepAliveTimeout: maxIdleMs,
      requestTimeout: maxRequestMs,
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: Math.min(SLOWEST_CHECK_MS, Math.ceil(maxRequestMs / CHECKS_A_REQUEST)),
    },
    connections,
    guard: (server) => void server.on("clientError", answer),
    note(incoming, outgoing) {
      const session = incoming.httpVersionMajor === 2 ? sessionOf(incoming) : undefined;
      connections.note(session ?? incoming.socket, outgoing);
    },
  };
}

/** A request of HTTP/2 comes in the shape of one of HTTP/1. */
function sessionOf(incoming: unknown): Http2ServerRequest["stream"]["session"] {
  return (incoming as Http2ServerRequest).stream.session;
}

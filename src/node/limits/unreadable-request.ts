import type { Duplex } from "node:stream";
import { durationMs } from "../../platform/config/duration.ts";
import type { LimitConfig } from "./limit-config.ts";

/** What Node's parser of HTTP says where it gives up. */
export interface ParserError extends Error {
  readonly code?: string;
  /** What the parser itself calls it. */
  readonly reason?: string;
}

/** What a request is answered that never comes to the routes. */
export interface Unreadable {
  readonly status: "400 Bad Request" | "408 Request Timeout" | "431 Request Header Fields Too Large";
  readonly text: string;
}

type Bounds = Pick<LimitConfig, "maxHeaderBytes" | "maxRequestMs">;

/** Undefined where nobody is there any more to be told. */
export function unreadableOf(
  { code, reason, message }: ParserError,
  { maxHeaderBytes, maxRequestMs }: Bounds,
): Unreadable | undefined {
  switch (code ?? "") {
    case "ECONNRESET":
    case "EPIPE":
      return undefined;
    case "HPE_HEADER_OVERFLOW":
      return {
        status: "431 Request Header Fields Too Large",
        text: `the head of the request has more than ${maxHeaderBytes} bytes: raise --limit.header-bytes, or send fewer`,
      };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return {
        status: "408 Request Timeout",
        text: `the request was not sent within ${durationMs.render(maxRequestMs)} (--limit.request-time)`,
      };
    default:
      return { status: "400 Bad Request", text: `the request cannot be read: ${reason ?? message}` };
  }
}

/** Nothing that follows on the connection can be trusted, so it ends. */
export function answerUnreadable(socket: Duplex, { status, text }: Unreadable): void {
  const body = `${text}\n`;
  const head = [
    `HTTP/1.1 ${status}`,
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${body.length}`,
    "Connection: close",
    "",
    "",
  ].join("\r\n");
  socket.end(head + body, () => socket.destroy());
}

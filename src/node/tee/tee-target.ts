import { Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { Copy } from "./tee-queue.ts";

/** The gateway that gets the copies. */
export interface TeeTarget {
  /** Without user and password. */
  readonly shown: string;
  /** The status of its answer. Rejects where none comes. */
  send(copy: Copy): Promise<number>;
  close(): void;
}

/** As long as Flink would wait for the relay. */
const TIMEOUT_MS = 10_000;
/** By which a relay knows what is a copy already: two that copy to each other would never end. */
export const COPY_HEADER = "Sluice-Tee";

/** Copies go below the path of the URL. A user in it stands in for the one that a push brings. */
export function createTeeTarget(url: URL, connections: number): TeeTarget {
  const isSecure = url.protocol === "https:";
  const agent = new (isSecure ? SecureAgent : PlainAgent)({ keepAlive: true, maxSockets: connections });
  const request = isSecure ? secureRequest : plainRequest;
  const prefix = url.pathname.replace(/\/$/, "");
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization = url.username === "" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
  const stopping = new AbortController();

  function headersOf({ method, headers, body }: Copy): string[] {
    const kept = headers.filter(
      ([name]) => authorization === undefined || name.toLowerCase() !== "authorization",
    );
    const added: [string, string][] = [
      ["Host", url.host],
      [COPY_HEADER, "1"],
      ...(authorization === undefined ? [] : [["Authorization", authorization] as [string, string]]),
      ...(method === "DELETE" ? [] : [["Content-Length", String(body.length)] as [string, string]]),
    ];
    return [...kept, ...added].flat();
  }

  return {
    shown: url.origin,
    send(copy) {
      return new Promise((resolve, reject) => {
        const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
        request(
          {
            protocol: url.protocol,
            hostname: url.hostname.replaceAll(/^\[|\]$/g, ""),
            port: url.port,
            path: prefix + copy.path,
            method: copy.method,
            headers: headersOf(copy),
            agent,
            signal,
          },
          (response) => {
            // The connection is used again when all of the answer has been read.
            response
              .on("error", reject)
              .on("end", () => resolve(response.statusCode ?? 0))
              .resume();
          },
        )
          .on("error", (error) => reject(signal.reason instanceof Error ? signal.reason : error))
          .end(copy.body);
      });
    },
    close() {
      stopping.abort();
      agent.destroy();
    },
  };
}

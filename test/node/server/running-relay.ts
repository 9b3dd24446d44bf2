import { request } from "node:http";
import type { Agent, IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { Config } from "../../../src/node/config/config.ts";
import type { ReadConfig } from "../../../src/node/config/read-config.ts";
import { defaultConfig } from "../../../src/node/config/read-config.ts";
import { createLogger } from "../../../src/node/logging.ts";
import { serve } from "../../../src/node/serve.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Without one each request has its own connection. */
  readonly agent?: Agent;
}

export interface RunningRelay extends AsyncDisposable {
  readonly port: number;
  /** What it has logged, one JSON object a line. */
  readonly log: readonly string[];
  /** The target is sent as it is given. */
  request(method: string, target: string, options?: RequestOptions): Promise<Answer>;
  push(target: string, body: string | Uint8Array): Promise<Answer>;
  /** The text of a scrape. */
  view(view: "merged" | "raw"): Promise<string>;
  /** Sends these pieces as they stand and returns all that comes back until the relay closes: the last request must ask for it. */
  raw(...pieces: readonly string[]): Promise<string>;
  /** The same, but hangs up behind the last piece. */
  cutOff(...pieces: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A whole relay in this process, on a port of the system's choice. */
export async function startRelay(
  config: Partial<Config> = {},
  read?: () => ReadConfig,
  monotonicMs?: () => number,
): Promise<RunningRelay> {
  const log: string[] = [];
  const relay = await serve(
    {
      ...defaultConfig(),
      threads: 1,
      storageFolder: "",
      listenAddresses: [{ host: "127.0.0.1", port: 0 }],
      ...config,
    },
    createLogger({ level: "debug", format: "json", write: (line) => log.push(line) }),
    read,
    undefined,
    monotonicMs,
  );
  const port = Number(relay.addresses[0]?.split(":").at(-1));
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= relay.stop());
  return {
    port,
    log,
    request: (method, target, options) => send(port, method, target, options),
    push: (target, body) => send(port, "PUT", target, { body }),
    async view(view) {
      const { status, text } = await send(port, "GET", `/metrics?view=${view}`);
      if (status !== 200) throw new Error(`a scrape was answered ${status}: ${text}`);
      return text;
    },
    raw: (...pieces) => sendRaw(port, pieces, { hangUp: false }),
    cutOff: (...pieces) => sendRaw(port, pieces, { hangUp: true }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export async function send(
  port: number,
  method: string,
  target: string,
  { headers = {}, body = "", agent }: RequestOptions = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, method, path: target, headers, agent: agent ?? false }, (response) => {
      response.toArray().then((chunks) => {
        const whole = Buffer.concat(chunks as Buffer[]);
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, body: whole, text: whole.toString() });
      }, reject);
    })
      .on("error", reject)
      .end(body);
  });
}

async function sendRaw(
  port: number,
  pieces: readonly string[],
  { hangUp }: { hangUp: boolean },
): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const received = new Promise<string>((resolve) => {
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    // A connection that is reset ends in "close" as well, and what came before it counts.
    socket.on("error", () => {}).on("close", () => resolve(text));
  });
  for (const piece of pieces) {
    await new Promise((resolve) => {
      socket.write(piece, resolve);
    });
  }
  if (hangUp) socket.end();
  return await received;
}

/** The value of a sample in a view, by its name and labels as they stand there. */
export function sampleOf(view: string, series: string): number | undefined {
  const line = view.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

import * as http from "node:http";
import * as https from "node:https";
import type { RecordedRequest } from "./capture.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Sender {
  /** Rejects if no answer came. */
  readonly send: (request: RecordedRequest) => Promise<Answer>;
  readonly close: () => void;
}

/** Sends to a relay over one kept connection. `relay` may have a path, which goes before every request's. */
export function createSender(relay: URL): Sender {
  const isTls = relay.protocol === "https:";
  const agent = isTls ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const prefix = relay.pathname.replace(/\/$/, "");
  return {
    send({ method, path, contentType, body }) {
      const headers = {
        "content-length": Buffer.byteLength(body),
        ...(contentType === undefined ? {} : { "content-type": contentType }),
      };
      const options = { agent, method, path: prefix + path, headers };
      return new Promise((resolve, reject) => {
        const { request } = isTls ? https : http;
        request(relay, options, (response) => {
          readAnswer(response).then(resolve, reject);
        })
          .on("error", reject)
          .end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

async function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  response.setEncoding("utf8");
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body };
}

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { listenAnywhere } from "./listen-anywhere.ts";

interface Received {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly socket: Socket;
}

export interface RecordingRelay extends AsyncDisposable {
  readonly url: URL;
  readonly received: readonly Received[];
}

/** A server that remembers what it was sent and gives one answer to all. */
export async function startRecordingRelay(status: number, answer: string): Promise<RecordingRelay> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method, url: target, headers, socket } = request;
    const chunks: Buffer[] = await request.toArray();
    received.push({ method, target, headers, body: Buffer.concat(chunks).toString(), socket });
    response.writeHead(status).end(answer);
  });
  const port = await listenAnywhere(server);
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

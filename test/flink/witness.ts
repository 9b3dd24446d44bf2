import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import { listenAnywhere } from "../node/replay/listen-anywhere.ts";

/** A push or DELETE that was answered. */
export interface Witnessed {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly status: number;
}

/** Stands between Flink and the relay, and sees what is pushed and how it is answered. */
export interface Witness extends AsyncDisposable {
  readonly port: number;
}

/** `see` is called before Flink has the answer. Where there is no relay, Flink's connection ends without one. */
export async function startWitness(relayPort: number, see: (what: Witnessed) => void): Promise<Witness> {
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = incoming;
    const body = Buffer.concat(await incoming.toArray());
    const target = { host: "127.0.0.1", port: relayPort, method, path, headers, agent: false };
    const [answer] = (await once(request(target).end(body), "response")) as [IncomingMessage];
    const answered = Buffer.concat(await answer.toArray());
    const status = answer.statusCode ?? 0;
    see({ method, path, contentType: headers["content-type"], body: body.toString(), status });
    outgoing.writeHead(status, answer.headers).end(answered);
  }

  // Whether a connection stays is the relay's to say.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const port = await listenAnywhere(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

import { once } from "node:events";
import { connect as connectHttp2, type ClientHttp2Session, type OutgoingHttpHeaders } from "node:http2";
import { request } from "node:https";
import type { RequestOptions } from "node:https";
import { connect } from "node:tls";
import { tlsText } from "../web-config/tls-files.ts";
import type { Answer } from "./running-relay.ts";

/** What is different about one TLS client. */
export type TlsClient = Pick<
  RequestOptions,
  "cert" | "key" | "ca" | "minVersion" | "maxVersion" | "ciphers" | "ecdhCurve"
>;

export const trusted: TlsClient = { ca: tlsText("ca.crt") };

/** A client that shows one of the checked-in certificates. */
export function clientWith(name: string): TlsClient {
  return { ...trusted, cert: tlsText(`${name}.crt`), key: tlsText(`${name}.key`) };
}

export interface SecureAnswer extends Answer {
  /** The serial number of the server's certificate. */
  readonly serial: string;
  readonly protocol: string | null;
  readonly cipher: string;
}

/** One request of HTTP/1.1 over TLS, on a connection of its own. */
export async function sendSecure(
  port: number,
  method: string,
  path: string,
  { client = trusted, body = "", headers = {} }: SecureRequest = {},
): Promise<SecureAnswer> {
  return await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, method, path, headers, agent: false, ...client }, (response) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what node:https makes
      const socket = response.socket as import("node:tls").TLSSocket;
      const about = {
        serial: socket.getPeerCertificate().serialNumber,
        protocol: socket.getProtocol(),
        cipher: socket.getCipher().name,
      };
      response.toArray().then((chunks) => {
        const whole = Buffer.concat(chunks as Buffer[]);
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, body: whole, text: whole.toString(), ...about });
      }, reject);
    })
      .on("error", reject)
      .end(body);
  });
}

export interface SecureRequest {
  readonly client?: TlsClient;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Http2Client extends AsyncDisposable {
  readonly session: ClientHttp2Session;
  /** Ends the connection without a word. */
  cutOff(): void;
  send(
    method: string,
    path: string,
    body?: string,
    headers?: OutgoingHttpHeaders,
  ): Promise<{ status: number; text: string }>;
}

export async function connectSecure2(port: number, client: TlsClient = trusted): Promise<Http2Client> {
  const socket = connect({ host: "127.0.0.1", port, ALPNProtocols: ["h2"], ...client });
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    createConnection: () => socket,
    // With Node's 10 MB a client that still writes large bodies refuses the headers of an answer to another.
    maxSessionMemory: 1_000,
  });
  session.on("error", () => {}); // what is under way tells of it
  await once(session, "connect");
  return {
    session,
    cutOff: () => void socket.destroy(),
    async send(method, path, body = "", headers = {}) {
      const stream = session.request(
        { ":method": method, ":path": path, ...headers },
        { endStream: body === "" },
      );
      if (body !== "") stream.end(body);
      const status = await new Promise<number>((resolve, reject) => {
        stream.once("response", (answered) => resolve(answered[":status"] ?? 0));
        // A connection that is cut off ends a stream without an error.
        stream.once("error", reject).once("close", () => reject(new Error("no answer")));
      });
      const text = Buffer.concat((await stream.toArray()) as Buffer[]).toString();
      return { status, text };
    },
    async [Symbol.asyncDispose]() {
      session.destroy();
      await Promise.resolve();
    },
  };
}

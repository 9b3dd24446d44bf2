import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import type { CaseRequest } from "./cases.ts";

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** The body as text, decompressed. */
  readonly text: string;
}

/**
 * Sends one request as it stands, on a connection of its own. No client comes between: each has an opinion about
 * paths, redirects and default headers.
 */
export async function sendRaw(port: number, request: CaseRequest): Promise<RawAnswer> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const received = new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject).on("close", () => resolve(Buffer.concat(chunks)));
  });
  socket.write(bytesOf(request));
  return readAnswer(await received);
}

function bytesOf({ method, path, headers = {}, body, body_b64, chunked }: CaseRequest): Buffer {
  const bytes = body_b64 === undefined ? Buffer.from(body ?? "") : Buffer.from(body_b64, "base64");
  const isSent = body !== undefined || body_b64 !== undefined;
  const length = chunked === true ? "Transfer-Encoding: chunked" : `Content-Length: ${bytes.length}`;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    ...Object.entries({ Connection: "close", ...headers }).map(([name, value]) => `${name}: ${value}`),
    ...(isSent ? [length] : []),
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  return Buffer.concat([head, chunked === true ? inChunks(bytes) : bytes]);
}

/** In two chunks, so that no reader gets away with one. */
function inChunks(bytes: Buffer): Buffer {
  const middle = Math.ceil(bytes.length / 2);
  const chunks = [bytes.subarray(0, middle), bytes.subarray(middle)].filter(({ length }) => length > 0);
  const written = chunks.map((chunk) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
  );
  return Buffer.concat([...written, Buffer.from("0\r\n\r\n")]);
}

function readAnswer(bytes: Buffer): RawAnswer {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) throw new Error(`no answer but ${JSON.stringify(bytes.toString())}`);
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(headEnd + 4);
  const body = headers.get("transfer-encoding") === "chunked" ? joinChunks(rest) : rest;
  const plain = headers.get("content-encoding") === "gzip" ? gunzipSync(body) : body;
  return { status: Number(statusLine.split(" ")[1]), headers, body, text: plain.toString() };
}

function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let pos = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", pos);
    const size = Number.parseInt(bytes.toString("latin1", pos, lineEnd), 16);
    if (!(size >= 0)) throw new Error("a chunk without its size");
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    pos = lineEnd + 2 + size + 2;
  }
}

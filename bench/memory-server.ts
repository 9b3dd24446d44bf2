import { Buffer } from "node:buffer";
import { createServer, get } from "node:http";

/**
 * What a scrape is measured against: the same bytes, sent from memory. Reads a page as it is and with gzip when it
 * starts: `memory-server.ts <port> <url>`.
 */
const [, , port, url] = process.argv;
if (url === undefined) throw new Error("usage: memory-server.ts <port> <url>");

const pages = { identity: await read(url, "identity"), gzip: await read(url, "gzip") };

const server = createServer((request, response) => {
  if (request.method !== "GET") {
    response.writeHead(405).end();
    return;
  }
  const encoding = request.headers["accept-encoding"] === "gzip" ? "gzip" : "identity";
  const page = pages[encoding];
  response.writeHead(200, {
    "Content-Length": page.length,
    ...(encoding === "gzip" ? { "Content-Encoding": "gzip" } : {}),
  });
  response.end(page);
});
server.listen({ host: "127.0.0.1", port: Number(port) });

/** The bytes as they are sent: fetch() would decompress them. */
function read(from: string, encoding: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = get(from, { headers: { "accept-encoding": encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks)));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

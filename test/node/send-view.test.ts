import { once } from "node:events";
import { createServer, get } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createSentViews } from "../../src/node/send-view.ts";

const LARGE = Buffer.alloc(1024 * 1024, "x");

const broken: unknown[] = [];
const closers: (() => void)[] = [];
afterEach(() => {
  broken.length = 0;
  for (const close of closers.splice(0)) close();
});

async function* viewOf(...pieces: readonly (string | Error)[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield await Promise.resolve(Buffer.from(piece));
  }
}

/** The answer to a request for that view, as its headers arrive. */
async function answerOf(pieces: AsyncIterable<Uint8Array>): Promise<IncomingMessage> {
  const views = createSentViews((error) => broken.push(error));
  const server = createServer((_, outgoing) => {
    expect(views.send(outgoing, new Response(null))).toBe(false);
    views.take(outgoing, pieces);
    const headers = { "Content-Type": "text/plain", "Content-Encoding": "gzip" };
    expect(views.send(outgoing, new Response(null, { status: 203, headers }))).toBe(true);
  });
  closers.push(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const request = get({ host: "127.0.0.1", port, agent: false }).on("error", () => {});
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response.on("error", () => {});
}

test("a view is sent behind the status and the headers of its answer", async () => {
  const response = await answerOf(viewOf("a 1\n", "b 2\n"));
  expect([response.statusCode, response.headers["content-encoding"]]).toEqual([203, "gzip"]);
  expect(Buffer.concat((await response.toArray()) as Buffer[]).toString()).toBe("a 1\nb 2\n");
});

test("the memory of a piece may be written again when the next is asked for", async () => {
  const lent = new Uint8Array(new SharedArrayBuffer(4 * 1024 * 1024));
  async function* pieces(): AsyncIterable<Uint8Array> {
    for (const letter of ["a", "b", "c"]) {
      lent.fill(letter.charCodeAt(0));
      yield await Promise.resolve(lent);
    }
    lent.fill(0);
  }
  const response = await answerOf(pieces());
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  expect(text === ["a", "b", "c"].map((letter) => letter.repeat(lent.length)).join("")).toBe(true);
});

test("where the rest of a view cannot be made, its client is told by the end of the connection", async () => {
  const response = await answerOf(viewOf("a 1\n", new Error("the thread has died")));
  await expect(response.toArray()).rejects.toThrow("aborted");
  expect(broken.map(String)).toEqual(["Error: the thread has died"]);
});

test("of a view whose client has gone no more is made, and nobody is told", async () => {
  const { promise: isOver, resolve: noteOver } = Promise.withResolvers<number>();
  async function* pieces(): AsyncIterable<Uint8Array> {
    let made = 0;
    try {
      for (; made < 1_000; made += 1) yield await Promise.resolve(LARGE);
    } finally {
      noteOver(made);
    }
  }
  const response = await answerOf(pieces());
  response.once("data", () => response.destroy());
  expect(await isOver).toBeLessThan(1_000);
  expect(broken).toEqual([]);
});

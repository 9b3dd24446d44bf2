import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { startChildRelay } from "./child-relay.ts";
import { send } from "./running-relay.ts";

describe("on SIGTERM", () => {
  test("a request in flight is finished, new ones are refused, and it exits with 0", async () => {
    await using relay = await startChildRelay("--threads=1");
    const socket = connect(relay.port, "127.0.0.1");
    socket.write("PUT /metrics/job/a HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\n\r\nx ");
    // It has come to the relay when a later one has been answered.
    await send(relay.port, "GET", "/-/ready");
    relay.terminate();
    await relay.logged("stopping");
    await expect
      .poll(() => send(relay.port, "GET", "/-/ready").catch((error: Error) => error.message))
      .toMatch(/ECONNREFUSED/);
    socket.write("1\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*Connection: close\r\n/i);
    expect(await relay.exited).toEqual({ code: 0, signal: null });
  });

  test("connections that are kept open without a request hold nothing up", async () => {
    await using relay = await startChildRelay("--threads=1");
    const agent = new Agent({ keepAlive: true });
    await send(relay.port, "PUT", "/metrics/job/a", { body: "x 1\n", agent });
    const startMs = performance.now();
    relay.terminate();
    expect(await relay.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - startMs).toBeLessThan(3_000);
    agent.destroy();
  });

  test("a client that pushes on and on over its connection is told to leave", async () => {
    await using relay = await startChildRelay("--threads=1");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let hasEnded = false;
    const pushing = (async () => {
      let pushes = 0;
      while (!hasEnded) {
        try {
          const { status } = await send(relay.port, "PUT", "/metrics/job/a", { body: "x 1\n", agent });
          expect(status).toBe(200);
          pushes += 1;
        } catch {
          hasEnded = true;
        }
      }
      return pushes;
    })();
    await send(relay.port, "GET", "/-/ready");
    const startMs = performance.now();
    relay.terminate();
    expect(await relay.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - startMs).toBeLessThan(3_000);
    hasEnded = true;
    expect(await pushing).toBeGreaterThan(0);
    agent.destroy();
  });
});

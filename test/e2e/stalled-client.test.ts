import { connect } from "node:net";
import { expect, test } from "vitest";
import { startChildRelay } from "../node/server/child-relay.ts";
import { send } from "../node/server/running-relay.ts";

test("on SIGTERM a client that stalls in a request is cut off, in time for who waits to kill us", async () => {
  await using relay = await startChildRelay("--threads=1");
  const socket = connect(relay.port, "127.0.0.1").on("error", () => {});
  socket.write("PUT /metrics/job/a HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\n\r\nx ");
  await send(relay.port, "GET", "/-/ready");
  const startMs = performance.now();
  relay.terminate();
  expect(await relay.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - startMs).toBeLessThan(10_000);
  socket.destroy();
});

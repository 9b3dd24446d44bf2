import { createServer } from "node:net";
import { expect, test } from "vitest";
import { defaultConfig } from "../../../src/node/config/read-config.ts";
import { createLogger } from "../../../src/node/logging.ts";
import { serve } from "../../../src/node/serve.ts";
import { listenAnywhere } from "../replay/listen-anywhere.ts";
import { send } from "./running-relay.ts";

const quiet = createLogger({ level: "error", format: "json", write: () => {} });

test("each listen address is served, and named as the system gave it", async () => {
  const listenAddresses = [
    { host: "127.0.0.1", port: 0 },
    { host: "::1", port: 0 },
  ];
  const relay = await serve({ ...defaultConfig(), threads: 1, listenAddresses }, quiet);
  expect(relay.addresses).toEqual([
    expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    expect.stringMatching(/^\[::1\]:\d+$/),
  ]);
  const [first = "", second = ""] = relay.addresses;
  await fetch(`http://${first}/metrics/job/a`, { method: "PUT", body: "x 1\n" });
  expect(await (await fetch(`http://${second}/metrics`)).text()).toContain('x{instance="",job="a"} 1\n');
  await relay.stop();
});

test("a relay that cannot listen everywhere listens nowhere", async () => {
  const taken = createServer();
  const port = await listenAnywhere(taken);
  const free = createServer();
  const freePort = await listenAnywhere(free);
  await new Promise((resolve) => {
    free.close(resolve);
  });
  const listenAddresses = [
    { host: "127.0.0.1", port: freePort },
    { host: "127.0.0.1", port },
  ];
  await expect(serve({ ...defaultConfig(), threads: 1, listenAddresses }, quiet)).rejects.toThrow(
    "EADDRINUSE",
  );
  await expect(send(freePort, "GET", "/-/ready")).rejects.toThrow("ECONNREFUSED");
  await new Promise((resolve) => {
    taken.close(resolve);
  });
});

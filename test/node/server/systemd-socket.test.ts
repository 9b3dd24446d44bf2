import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import type { Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { systemdSockets } from "../../../src/node/systemd-sockets.ts";
import { listenAnywhere } from "../replay/listen-anywhere.ts";
import { send } from "./running-relay.ts";

const SLUICE = join(import.meta.dirname, "../../../src/node/sluice.js");

/** As systemd does it: the sockets from descriptor 3 on, and the process's own id in the environment. */
async function activate(...sockets: Server[]) {
  // oxlint-disable-next-line no-underscore-dangle -- there is no public name for the descriptor of a listener
  const descriptors = sockets.map((socket) => (socket as unknown as { _handle: { fd: number } })._handle.fd);
  const script = `LISTEN_FDS=${sockets.length} LISTEN_PID=$$ exec "$0" "$@"`;
  const flags = [SLUICE, "--web.systemd-socket", "--storage.path=", "--log.format=json"];
  const child = spawn("sh", ["-c", script, process.execPath, ...flags], {
    stdio: ["ignore", "ignore", "pipe", ...descriptors],
  });
  const exited = once(child, "exit");
  const lines = createInterface(child.stderr!);
  const log: string[] = [];
  for await (const line of lines) {
    log.push(line);
    if (line.includes("storage is memory")) break;
  }
  return { child, exited, log: log.join("\n") };
}

test("a relay listens on the sockets that systemd passes, of any family", async () => {
  const tcp = createServer();
  const port = await listenAnywhere(tcp);
  const unix = createServer();
  const path = join(mkdtempSync(join(tmpdir(), "sluice-")), "relay.sock");
  await new Promise<void>((resolve) => {
    unix.listen(path, resolve);
  });
  const { child, exited, log } = await activate(tcp, unix);
  tcp.close();
  expect(log).toContain(`127.0.0.1:${port}`);
  expect(log).toContain("a socket of systemd");
  expect((await send(port, "PUT", "/metrics/job/a", { body: "x 1\n" })).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  unix.close();
});

test("without sockets there is nothing to listen on, which ends the process", async () => {
  const { exited, log } = await activate();
  expect(log).toContain("--web.systemd-socket: systemd passed no sockets (LISTEN_FDS)");
  expect(await exited).toEqual([1, null]);
});

test.each([
  [{ LISTEN_FDS: "2", LISTEN_PID: "7" }, [3, 4]],
  [{ LISTEN_FDS: "2", LISTEN_PID: "8" }, []],
  [{ LISTEN_FDS: "-1", LISTEN_PID: "7" }, []],
  [{ LISTEN_FDS: "x", LISTEN_PID: "7" }, []],
  [{}, []],
])("%j passes process 7 the descriptors %j", (environment, descriptors) => {
  expect(systemdSockets(environment, 7)).toEqual(descriptors);
});

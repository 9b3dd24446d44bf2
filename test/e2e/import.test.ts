import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { firstFreePort } from "../../src/node/cli/free-port.ts";
import { run } from "../../src/node/cli/run.ts";
import { send, startRelay } from "../node/server/running-relay.ts";
import { debianPackage } from "./debian-package.ts";

/** A real Pushgateway, in memory. */
async function startPushgateway() {
  const root = await debianPackage("prometheus-pushgateway", "usr/bin/prometheus-pushgateway");
  const port = await firstFreePort("127.0.0.1", 19_100);
  const child = spawn(
    join(root, "usr/bin/prometheus-pushgateway"),
    [
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.local-assets=${join(root, "usr/share/prometheus/pushgateway")}`,
      "--persistence.file=",
    ],
    { stdio: "ignore" },
  );
  const exited = once(child, "exit");
  await expect
    .poll(
      async () =>
        await send(port, "GET", "/-/ready").then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(200);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** What was pushed, as a scrape shows it: not what a gateway says of itself, and not when it was pushed. */
function pushedLines(view: string): string[] {
  return view
    .split("\n")
    .filter((line) => /^(?:# \w+ )?(?:backup|batch|latency|size|temperature)/.test(line));
}

const BODY = `# HELP backup_total All backups: "good" ones, and \\\\ bad ones.
# TYPE backup_total counter
backup_total{disk="a\\"b\\\\c\\nd"} 1234567
backup_total{disk="ü"} 0.000001
# HELP temperature_celsius Now.
# TYPE temperature_celsius gauge
temperature_celsius NaN
temperature_celsius{instance="own"} -Inf
# TYPE latency_seconds summary
latency_seconds{quantile="0.5"} 0.25
latency_seconds{quantile="0.99"} NaN
latency_seconds_sum 12.5
latency_seconds_count 40
# TYPE size_bytes histogram
size_bytes_bucket{le="1024"} 1
size_bytes_bucket{le="1e+06"} 3
size_bytes_bucket{le="+Inf"} 4
size_bytes_sum 5e+06
size_bytes_count 4
batch_size 17
`;

test("after an import a relay shows what a real Pushgateway shows", async () => {
  await using from = await startPushgateway();
  await using to = await startRelay({ view: "raw" });
  for (const path of [
    "/metrics/job/nightly",
    "/metrics/job/nightly/zone/a",
    "/metrics/job@base64/YS9i/zone@base64/=",
    "/metrics/job/with%20space/zone/%C3%BC",
  ]) {
    expect((await send(from.port, "PUT", path, { body: BODY })).status).toBe(200);
  }
  expect((await send(from.port, "PUT", "/metrics/job/broken", { body: "x{\n" })).status).toBe(400);
  let out = "";
  const exitCode = await run(
    ["import", `--from=http://127.0.0.1:${from.port}`, `--to=http://127.0.0.1:${to.port}`],
    { out: (text) => (out += text), err: () => {}, stopped: new AbortController().signal },
  );
  expect(out).toContain("4 groups copied, 0 with something missing\n");
  expect(exitCode).toBe(0);
  const [theirs, ours] = await Promise.all([from.port, to.port].map((port) => send(port, "GET", "/metrics")));
  expect(pushedLines(ours?.text ?? "")).toEqual(pushedLines(theirs?.text ?? ""));
  expect(pushedLines(ours?.text ?? "")).toHaveLength(4 * 14 + 7);
});

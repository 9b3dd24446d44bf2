import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChildRelay } from "./child-relay.ts";
import { send } from "./running-relay.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-"));

/** What stands behind the binary's name in units and manifests: `ExecStart=/usr/bin/prometheus-pushgateway $ARGS`. */
test.each<[name: string, flags: string[]]>([
  ["Debian's unit as it is installed", []],
  [
    "Debian's unit with every flag of its Pushgateway in ARGS",
    [
      "--web.local-assets=/usr/share/prometheus/pushgateway",
      "--web.telemetry-path=/metrics",
      "--web.external-url=",
      "--web.route-prefix=",
      "--web.enable-lifecycle",
      "--no-web.systemd-socket",
      `--persistence.file=${folder}/pushgateway.data`,
      "--persistence.interval=5m",
      "--log.level=info",
      "--log.format=json",
    ],
  ],
  [
    "values as words of their own",
    [
      "--persistence.file",
      `${folder}/pushgateway.data`,
      "--persistence.interval",
      "5m0s",
      "--log.level",
      "debug",
    ],
  ],
])("%s: pushes are taken, a reload does no harm, and SIGTERM ends it with 0", async (_, flags) => {
  await using relay = await startChildRelay(...flags.filter((flag) => !flag.startsWith("--log.format")));
  expect((await send(relay.port, "POST", "/metrics/job/a", { body: "x 1\n" })).status).toBe(200);
  relay.signal("SIGHUP");
  expect((await send(relay.port, "GET", "/metrics")).text).toContain('x{instance="",job="a"} 1\n');
  relay.terminate();
  expect(await relay.exited).toEqual({ code: 0, signal: null });
});

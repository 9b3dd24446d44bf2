import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Config } from "../../../src/node/config/config.ts";
import { threadsFor } from "../../../src/node/config/options.ts";
import { defaultConfig, readConfig } from "../../../src/node/config/read-config.ts";

function configOf(...args: string[]): Config {
  const read = readConfig(args);
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  return read.config;
}

function errorsOf(...args: string[]): readonly string[] {
  const read = readConfig(args);
  return read.kind === "errors" ? read.errors : [];
}

test("without flags it is a Pushgateway that merges", () => {
  expect(configOf()).toEqual(defaultConfig());
  expect({ ...configOf(), threads: 3 }).toEqual({
    configFile: "",
    webConfigFile: "",
    listenAddresses: [{ host: undefined, port: 9091 }],
    pathToken: "",
    pathTokenFile: "",
    systemdSocket: false,
    telemetryPath: "/metrics",
    externalUrl: "",
    routePrefix: "",
    lifecycle: false,
    adminApi: false,
    uncheckedPushes: false,
    teeUrl: "",
    forwardUrl: "",
    forwardId: "",
    forwardIntervalMs: 10_000,
    forwardTokenFile: "",
    openMetrics: false,
    localAssets: "",
    utf8Names: false,
    view: "merged",
    staleness: "auto",
    rollupLingerMs: 900_000,
    companions: true,
    flinkLevel: "task",
    flinkCounters: "counter",
    flinkInstanceLabel: "",
    flinkIntervals: false,
    threads: 3,
    maxHeaderBytes: 16_384,
    maxBodyBytes: 16_777_216,
    maxInflightBytes: 268_435_456,
    maxInflightRequests: 4096,
    maxWaitingBytes: 134_217_728,
    maxWaitingMs: 500,
    maxRequestMs: 60_000,
    maxIdleMs: 76_000,
    maxConnections: 10_000,
    maxSeriesPerPush: 50_000,
    maxSeriesPerJob: 5_000_000,
    maxSeries: 10_000_000,
    maxSources: 50_000,
    maxLabels: 64,
    maxLabelNameLength: 1024,
    maxLabelValueLength: 16_384,
    maxMetricNameLength: 1024,
    maxTombstonesPerSource: 10_000,
    storagePath: "data",
    storageFolder: "data",
    persistenceFile: "",
    persistenceIntervalMs: 300_000,
    allSources: false,
    logLevel: "info",
    logFormat: "logfmt",
    flink: true,
    rules: [],
    jobs: [],
    permissions: new Map(),
  });
});

test.each<[string[], Partial<Config>]>([
  [["--view=raw"], { view: "raw" }],
  [["--view", "raw"], { view: "raw" }],
  [["--no-companions"], { companions: false }],
  [["--companions"], { companions: true }],
  [["--companions=false"], { companions: false }],
  [["--staleness=2m"], { staleness: { limitMs: 120_000 } }],
  [["--flink.instance-label=tm_id"], { flinkInstanceLabel: "tm_id" }],
  [["--flink.intervals"], { flinkIntervals: true }],
  [["--forward.url=https://u:p@centre/token"], { forwardUrl: "https://u:p@centre/token" }],
  [["--forward.id=eu-1", "--forward.interval=1m"], { forwardId: "eu-1", forwardIntervalMs: 60_000 }],
  [["--limit.body-bytes=1MiB"], { maxBodyBytes: 1_048_576 }],
  [["--storage.path="], { storagePath: "" }],
  [["--threads=4", "--log.format=json"], { threads: 4, logFormat: "json" }],
])("%j", (args, want) => expect(configOf(...args)).toMatchObject(want));

describe("with a file", () => {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), "sluice.yaml");
  const flag = `--config.file=${file}`;

  test("flags and file make one configuration", () => {
    writeFileSync(file, "flink: { level: subtask, companions: false }\nrules: [{ match: x }]\n");
    expect(configOf(flag, "--flink.counters=gauge")).toMatchObject({
      configFile: file,
      flink: true,
      flinkLevel: "subtask",
      flinkCounters: "gauge",
      companions: false,
      rules: [{ match: { matchers: [{ name: "__name__", op: "=", value: "x" }] }, action: "merge" }],
      jobs: [],
    });
  });

  test("flink: false", () => {
    writeFileSync(file, "flink: false\n");
    expect(configOf(flag)).toMatchObject({ flink: false, flinkLevel: "task" });
  });

  test("what is wrong with either is told at once", () => {
    writeFileSync(file, "rule: []\n");
    expect(errorsOf(flag, "--threads=0")).toEqual([
      "--threads=0: expected a whole number from 1 to 64",
      `${file}:1:1: unknown key rule; the nearest known one is rules`,
    ]);
    expect(errorsOf(`${flag}.gone`)[0]).toMatch(/\.gone: cannot be read: ENOENT/);
  });

  test("what both say is an error, however it is said", () => {
    writeFileSync(file, "flink: { companions: true }\n");
    expect(errorsOf(flag, "--no-companions")).toEqual([
      `${file}:1:22: flink.companions is also set by --companions; remove one of the two`,
    ]);
  });
});

test("each listen address is one more, and the first replaces the default", () => {
  expect(configOf("--web.listen-address=:1", "--web.listen-address", "[::1]:2").listenAddresses).toEqual([
    { host: undefined, port: 1 },
    { host: "::1", port: 2 },
  ]);
});

test.each([
  [[], ""],
  [["--web.external-url=https://a.example/push/"], "/push"],
  [["--web.external-url=https://a.example"], ""],
  [["--web.external-url=/push"], "/push"],
  [["--web.external-url=https://a.example/push", "--web.route-prefix=/"], ""],
  [["--web.external-url=https://a.example/push", "--web.route-prefix=x/y/"], "/x/y"],
  [["--web.route-prefix=/t/token"], "/t/token"],
])("the route prefix of %j is %j", (args, prefix) => expect(configOf(...args).routePrefix).toBe(prefix));

describe("errors", () => {
  test.each([
    ["--veiw=raw", "unknown flag --veiw; the nearest known one is --view"],
    [
      "--web.listen-adress=:1",
      "unknown flag --web.listen-adress; the nearest known one is --web.listen-address",
    ],
    ["--no-companion", "unknown flag --no-companion; the nearest known one is --no-companions"],
    ["--verison", "unknown flag --verison; the nearest known one is --version"],
    ["-view", "unknown flag -view; the nearest known one is --view"],
    ["--view=both", "--view=both: expected merged or raw"],
    ["--view", "--view: expected merged or raw"],
    ["--view=", "--view=: expected merged or raw"],
    ["--no-companions=no", "--no-companions=no: expected no value"],
    ["--companions=no", "--companions=no: expected true or false"],
    ["--staleness=soon", "--staleness=soon: expected auto, never or a duration above 0 such as 90s"],
    ["--rollup-linger=1.5h", "--rollup-linger=1.5h: expected a duration such as 90s, 15m or 1h30m"],
    ["--threads=0", "--threads=0: expected a whole number from 1 to 64"],
    ["--limit.tombstones=many", "--limit.tombstones=many: expected a whole number above 0"],
    [
      "--limit.body-bytes=16MB",
      "--limit.body-bytes=16MB: expected a size above 0 such as 16MiB, 512KiB or 16777216",
    ],
    [
      "--web.listen-address=9091",
      "--web.listen-address=9091: expected an address such as :9091, 127.0.0.1:9091 or [::1]:9091",
    ],
    [
      "--web.listen-address=vsock://:9091",
      "--web.listen-address=vsock://:9091: Node cannot listen on vsock; listen on a TCP address such as 127.0.0.1:9091 and let socat carry vsock to it",
    ],
    [
      "--web.path-token=my/token/0123456789",
      "--web.path-token=<secret>: expected 16 to 256 of the characters A-Z a-z 0-9 - _ . ~, no dot first",
    ],
    ["--web.telemetry-path=m", "--web.telemetry-path=m: expected a path such as /metrics"],
    [
      "--web.external-url=ftp://a",
      "--web.external-url=ftp://a: expected a URL such as https://metrics.example.org/push, or its path",
    ],
    ["--forward.interval=10ms", "--forward.interval=10ms: expected 1s to 1m"],
    ["--forward.interval=61s", "--forward.interval=1m1s: expected 1s to 1m"],
    [
      "--forward.id=a/b",
      "--forward.id=a/b: expected up to 63 of the characters A-Z a-z 0-9 . _ -, the first a letter or digit",
    ],
    ["--flink.instance-label=tm-id", "--flink.instance-label=tm-id: expected a label name such as tm_id"],
    [
      "--limit.inflight-bytes=1MiB",
      "--limit.inflight-bytes=1MiB: expected at least --limit.body-bytes, which is 16MiB",
    ],
    [
      "serve",
      "unknown command serve; the commands are check-config, check-web-config, demo, explain, import, repair, replay and snapshot",
    ],
  ])("%s", (flag, message) => expect(errorsOf(flag)).toEqual([message]));

  test("all of them are told at once", () => {
    expect(errorsOf("--veiw", "raw", "--threads=0", "--view=raw", "--view=raw", "x")).toEqual([
      "unknown command x; the commands are check-config, check-web-config, demo, explain, import, repair, replay and snapshot",
      "unknown flag --veiw; the nearest known one is --view",
      "--threads=0: expected a whole number from 1 to 64",
      "--view is given more than once",
    ]);
  });

  test("a flag is not taken for the value of the one before it", () => {
    expect(errorsOf("--view", "--staleness=never")).toEqual(["--view: expected merged or raw"]);
  });
});

test.each([
  [
    "--persistence.interval=1m",
    "--persistence.interval=1m: has no effect: a push is stored before it is answered",
  ],
  [
    "--web.path-token=my-token-0123456789",
    "--web.path-token=<secret>: every user of this machine sees it in the list of processes: --web.path-token-file hides it",
  ],
  [
    "--web.local-assets=/usr/share/prometheus/pushgateway",
    "--web.local-assets=/usr/share/prometheus/pushgateway: has no effect: what is served lies in the program, not in a folder",
  ],
])("%s is taken with a warning", (flag, warning) => {
  expect(readConfig([flag])).toMatchObject({ kind: "config", warnings: [warning] });
});

test.each([
  [[], "data"],
  [["--storage.path=/var/lib/sluice"], "/var/lib/sluice"],
  [["--storage.path="], ""],
  [["--persistence.file=/tmp/pg.data"], "/tmp/pg.data.d"],
  [["--persistence.file="], ""],
  [["--persistence.file=/tmp/pg.data", "--storage.path=here"], "here"],
  [["--persistence.file=/tmp/pg.data", "--storage.path="], ""],
  [["--persistence.file=", "--storage.path=data"], "data"],
])("%o stores in the folder %j", (flags, storageFolder) => {
  expect(readConfig(flags)).toMatchObject({ kind: "config", config: { storageFolder }, warnings: [] });
});

test.each([
  [["--help"], "help"],
  [["-h"], "help"],
  [["--version"], "version"],
  [["--nonsense", "--help"], "help"],
])("%j asks for %s", (args, kind) => expect(readConfig(args)).toEqual({ kind }));

test.each([
  [1, 1],
  [2, 2],
  [8, 8],
  [96, 8],
])("%d cores run %d threads", (cores, threads) => expect(threadsFor(cores)).toBe(threads));

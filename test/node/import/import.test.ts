import { describe, expect, test } from "vitest";
import { run } from "../../../src/node/cli/run.ts";
import { startRecordingRelay } from "../replay/recording-relay.ts";
import { type RunningRelay, startRelay } from "../server/running-relay.ts";

async function ran(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const exitCode = await run(["import", ...args], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    stopped: new AbortController().signal,
  });
  return { exitCode, out, err };
}

/** What was pushed, as the raw view shows it. */
async function held(relay: RunningRelay): Promise<string[]> {
  const lines = (await relay.view("raw")).split("\n");
  return lines.filter((line) => /^(# HELP |# TYPE )?(h|g|y|z)\b|^h_/.test(line));
}

function urlOf({ port }: RunningRelay): string {
  return `http://127.0.0.1:${port}`;
}

function asAlice({ host }: URL): string {
  return `http://alice:r%40d@${host}`;
}

const metric = { labels: { job: "a" }, value: "1" };

function groupOf(families: object): object {
  return { labels: { job: "a" }, ...STAMPS, ...families };
}

const STAMPS = {
  push_time_seconds: { type: "GAUGE", metrics: [{ labels: {}, value: "1.7952722747180917e+09" }] },
  push_failure_time_seconds: { type: "GAUGE", metrics: [{ labels: {}, value: "0" }] },
};

function answerOf(...groups: object[]): string {
  return JSON.stringify({ status: "success", data: groups });
}

/** As 1.11 answers it. */
const GROUP = {
  labels: { job: "a/b", zone: "" },
  last_push_successful: true,
  c_total: {
    time_stamp: "2026-11-21T14:44:34.718091839Z",
    type: "COUNTER",
    help: 'A "help" with \\ and\nanother line.',
    metrics: [{ labels: { a: 'x"y\\\n', instance: "", job: "a/b", zone: "" }, value: "3" }],
  },
  g: {
    type: "GAUGE",
    metrics: [
      { labels: { instance: "", job: "a/b", zone: "" }, value: "1e+06" },
      { labels: { b: "ü", instance: "i7", job: "a/b", zone: "" }, value: "NaN" },
    ],
  },
  h: {
    type: "HISTOGRAM",
    metrics: [
      {
        labels: { instance: "", job: "a/b", z: "1", zone: "" },
        buckets: { "+Inf": "2", "0.1": "1", "10": "2" },
        count: "2",
        sum: "3",
      },
    ],
  },
  s: {
    type: "SUMMARY",
    metrics: [
      {
        labels: { instance: "", job: "a/b", zone: "" },
        quantiles: { "0.5": "2", "0.9": "NaN" },
        count: "2",
        sum: "4",
      },
    ],
  },
  u: { type: "UNTYPED", metrics: [{ labels: { instance: "", job: "a/b", zone: "" }, value: "-Inf" }] },
  ...STAMPS,
};

test("a group is put under its key as text, with types and HELP, without what the gateway adds", async () => {
  await using from = await startRecordingRelay(200, answerOf(GROUP));
  await using to = await startRecordingRelay(200, "");
  expect(await ran(`--from=${from.url.origin}`, `--to=${to.url.origin}/prefix/`)).toEqual({
    exitCode: 0,
    out: '{job="a/b",zone=""}: 6 metrics\n1 group copied, 0 with something missing\n',
    err: "",
  });
  expect(from.received).toMatchObject([{ method: "GET", target: "/api/v1/metrics" }]);
  expect(to.received).toMatchObject([
    {
      method: "PUT",
      target: "/prefix/metrics/job@base64/YS9i/zone@base64/=",
      body: String.raw`# HELP c_total A "help" with \\ and\nanother line.
# TYPE c_total counter
c_total{a="x\"y\\\n"} 3
# TYPE g gauge
g 1e+06
g{b="ü",instance="i7"} NaN
# TYPE h histogram
h_bucket{z="1",le="0.1"} 1
h_bucket{z="1",le="10"} 2
h_bucket{z="1",le="+Inf"} 2
h_sum{z="1"} 3
h_count{z="1"} 2
# TYPE s summary
s{quantile="0.5"} 2
s{quantile="0.9"} NaN
s_sum 4
s_count 2
# TYPE u untyped
u -Inf
`,
    },
  ]);
});

test("what one relay holds, another holds after an import; a second one changes nothing", async () => {
  await using from = await startRelay();
  await using to = await startRelay();
  await using again = await startRelay();
  const text =
    '# HELP h Of \\\\ all.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# TYPE g gauge\ng{instance="i"} 5\n';
  await from.push("/metrics/job/a", text);
  await from.push("/metrics/job/a/instance/x", 'y{l="v"} 1\n');
  await from.push("/metrics/job/empty", "");
  await from.push("/metrics/job@base64/w7wvw58/zone@base64/=", "z NaN\n");
  await from.push("/metrics/job/refused", "y{\n");
  expect((await ran(`--from=${urlOf(from)}`, `--to=${urlOf(to)}`)).exitCode).toBe(0);
  expect(await held(to)).toEqual(await held(from));
  expect(await held(to)).toHaveLength(12);
  expect((await to.view("raw")).match(/^push_time_seconds\{/gm)).toHaveLength(4);
  const second = await ran(`--from=${urlOf(to)}`, `--to=${urlOf(again)}`);
  expect(second.out).toContain('{job="empty"}: 0 metrics\n');
  expect(second.out).toContain("4 groups copied, 0 with something missing\n");
  await ran(`--from=${urlOf(to)}`, `--to=${urlOf(again)}`);
  expect(await held(again)).toEqual(await held(from));
});

test("a dry run says what would be copied", async () => {
  await using from = await startRecordingRelay(200, answerOf(GROUP));
  await using to = await startRecordingRelay(200, "");
  expect(await ran(`--from=${from.url.origin}`, `--to=${to.url.origin}`, "--dry-run")).toEqual({
    exitCode: 0,
    out: '{job="a/b",zone=""}: 6 metrics would be copied\n1 group would be copied, 0 with something missing\n',
    err: "",
  });
  expect(to.received).toEqual([]);
});

test("a user stands in the URL, and is printed nowhere", async () => {
  await using from = await startRecordingRelay(200, answerOf());
  await using to = await startRecordingRelay(401, "Unauthorized\n");
  expect((await ran(`--from=${asAlice(from.url)}`)).out).toBe("0 groups copied, 0 with something missing\n");
  expect(from.received[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from("alice:r@d").toString("base64")}`,
  );
  const { exitCode, err } = await ran(`--from=${asAlice(to.url)}`);
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err: `sluice: ${to.url.origin} answered 401: Unauthorized\n`,
  });
});

describe("what cannot be copied is told, and fails the command", () => {
  test.each([
    [
      "a native histogram",
      groupOf({ n: { type: "HISTOGRAM", metrics: [{ ...metric, buckets: [[0, "1", "2", "3"]] }] } }),
      '{job="a"}: 0 metrics; text cannot hold n\n1 group copied, 1 with something missing\n',
    ],
    [
      "a histogram of gauges",
      groupOf({ g: { type: "GAUGE_HISTOGRAM", metrics: [metric] }, x: { type: "GAUGE", metrics: [metric] } }),
      '{job="a"}: 1 metrics; text cannot hold g\n1 group copied, 1 with something missing\n',
    ],
  ])("%s", async (_, group, out) => {
    await using from = await startRecordingRelay(200, answerOf(group));
    await using to = await startRecordingRelay(200, "");
    expect(await ran(`--from=${from.url.origin}`, `--to=${to.url.origin}`)).toEqual({
      exitCode: 1,
      out,
      err: "",
    });
  });

  test("a group that the relay refuses, with its reason", async () => {
    await using from = await startRecordingRelay(200, answerOf(GROUP));
    await using to = await startRecordingRelay(400, "no such type\n");
    expect(await ran(`--from=${from.url.origin}`, `--to=${to.url.origin}`)).toEqual({
      exitCode: 1,
      out: '{job="a/b",zone=""}: refused with 400: no such type\n0 groups copied, 1 with something missing\n',
      err: "",
    });
  });

  test("a group whose pushes all failed holds nothing, which is no failure", async () => {
    const failed = { labels: { job: "a" }, ...STAMPS, push_time_seconds: STAMPS.push_failure_time_seconds };
    await using from = await startRecordingRelay(200, answerOf(failed));
    expect(await ran(`--from=${from.url.origin}`)).toMatchObject({
      exitCode: 0,
      out: '{job="a"}: left out, no push of it ever succeeded\n0 groups copied, 0 with something missing\n',
    });
  });

  test.each([
    ["<html>", "answered nothing that a Pushgateway would"],
    ['{"status":"success"}', "answered nothing that a Pushgateway would"],
    [answerOf({ labels: { type: "GAUGE", metrics: [] } }), "answered nothing that a Pushgateway would"],
    [
      answerOf({ labels: {}, x: { type: "GAUGE", metrics: [{ labels: {}, value: "1\ny 2" }] } }),
      "answered nothing that a Pushgateway would",
    ],
  ])("%s is no answer of a Pushgateway", async (answer, error) => {
    await using from = await startRecordingRelay(200, answer);
    expect(await ran(`--from=${from.url.origin}`)).toEqual({
      exitCode: 1,
      out: "",
      err: `sluice: ${from.url.origin}/api/v1/metrics ${error}\n`,
    });
  });

  test("nobody there", async () => {
    const { exitCode, err } = await ran("--from=http://127.0.0.1:1");
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^sluice: cannot reach http:\/\/127\.0\.0\.1:1: .+\n$/);
  });
});

test.each([
  [[], "sluice: no Pushgateway given: sluice import --from=<pushgateway>\n"],
  [
    ["--from=old:9091"],
    "sluice: --from=old:9091: expected the URL of a Pushgateway such as http://old-gateway:9091\n",
  ],
  [["--from=http://a", "b"], "sluice: unexpected argument b\n"],
])("%j is misuse", async (args, err) => {
  expect(await ran(...args)).toEqual({ exitCode: 2, out: "", err });
});

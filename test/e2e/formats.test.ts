import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MetricType } from "../../src/core/exposition/protobuf/metrics_pb.ts";
import type { ViewFormat } from "../../src/core/exposition/write/format.ts";
import { type RunningRelay, startRelay } from "../node/server/running-relay.ts";
import { flinkBody, taskSample } from "../support/flink-body.ts";
import { labels, protobufBody } from "../support/protobuf-body.ts";
import { seriesOfView } from "../support/view-series.ts";
import { type PrometheusPrograms, prometheusPrograms } from "./prometheus-package.ts";
import { type RunningPrometheus, type Series, startPrometheus } from "./running-prometheus.ts";

const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
const TEXT: ViewFormat = { encoding: "text", escaping: "underscores" };
/** All that is pushed here, less the native histogram, of which no text tells the buckets. */
const PUSHED = '{__name__=~"flink_.+|c_total|s(?:_sum|_count)?|h_.+|a_b|push_.+"}';
const WATCHED = /^(?:flink_.+|c_total|s(?:_sum|_count)?|h_.+|a_b|push_.+)\{/;

const BODY = protobufBody(
  { name: "c_total", metric: [{ label: labels({ l: 'a"\\\n' }), counter: { value: 1.5 } }] },
  { name: "a.b", type: MetricType.GAUGE, metric: [{ label: labels({ "x.y": "z" }), gauge: { value: -1 } }] },
  {
    name: "s",
    type: MetricType.SUMMARY,
    metric: [{ summary: { sampleCount: 3n, sampleSum: 4, quantile: [{ quantile: 0.5, value: 2 }] } }],
  },
  {
    name: "h",
    type: MetricType.HISTOGRAM,
    metric: [
      {
        histogram: { sampleCount: 5n, sampleSum: 6, bucket: [{ upperBound: 2, cumulativeCount: 1n }] },
      },
    ],
  },
  {
    name: "native_seconds",
    type: MetricType.HISTOGRAM,
    metric: [
      {
        histogram: {
          sampleCount: 12n,
          sampleSum: 30,
          schema: 0,
          zeroThreshold: 0.001,
          zeroCount: 2n,
          positiveSpan: [{ offset: 1, length: 2 }],
          positiveDelta: [4n, 2n],
        },
      },
    ],
  },
);

let programs: PrometheusPrograms;
let relay: RunningRelay;
/** One scrapes text, or OpenMetrics where that is on offer, the other protobuf. */
let byText: RunningPrometheus;
let byProtobuf: RunningPrometheus;

beforeAll(async () => {
  programs = await prometheusPrograms();
  relay = await startRelay({ openMetrics: true });
  const headers = { "Content-Type": PROTOBUF };
  const { status, text } = await relay.request("PUT", "/metrics/job/j", { headers, body: BODY });
  if (status !== 200) throw new Error(text);
  await relay.push("/metrics/job/flink", flinkBody(taskSample("numRecordsIn", {}, 7)));
  byText = await startPrometheus(programs, relay.port);
  byProtobuf = await startPrometheus(programs, relay.port, "--enable-feature=native-histograms");
  await Promise.all([byText, byProtobuf].map(waitForScrape));
});

afterAll(async () => {
  await byProtobuf[Symbol.asyncDispose]();
  await byText[Symbol.asyncDispose]();
  await relay.stop();
});

async function waitForScrape(prometheus: RunningPrometheus): Promise<void> {
  while ((await prometheus.query("c_total")).length === 0) await delay(100);
}

/** As a view has it: Prometheus leaves out empty labels, and adds the instance where there was none. */
function valuesOf(found: readonly Series[]): Map<string, number> {
  return new Map(
    found
      .map(({ metric, value }): [string, number] => [
        nameOf(Object.entries(metric)),
        Number(value[1].replace("Inf", "Infinity")),
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function nameOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .filter(([, text]) => text !== "")
    .map(
      ([name, text]) =>
        `${name}=${JSON.stringify(isBound(name) ? String(Number(text.replace("Inf", "Infinity"))) : text)}`,
    )
    .toSorted()
    .join();
}

function isBound(name: string): boolean {
  return name === "le" || name === "quantile";
}

test("the same series are stored of a scrape in OpenMetrics and of one in protobuf, those of the text", async () => {
  const [openMetrics, protobuf] = await Promise.all([byText.query(PUSHED), byProtobuf.query(PUSHED)]);
  expect(valuesOf(protobuf)).toEqual(valuesOf(openMetrics));
  const { body } = await relay.request("GET", "/metrics");
  const shown = [...seriesOfView(body, TEXT)].filter(([name]) => WATCHED.test(name));
  expect(protobuf.length).toBe(shown.length);
  expect(shown.length).toBeGreaterThan(10);
});

test("each scrape was in the format that was asked for, and is taken without a warning", async () => {
  const { headers } = await relay.request("GET", "/metrics", {
    headers: { Accept: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5" },
  });
  expect(headers["content-type"]).toBe(
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
  );
  for (const prometheus of [byText, byProtobuf]) {
    const { activeTargets } = await prometheus.api<{ activeTargets: Record<string, unknown>[] }>("targets");
    expect(activeTargets).toMatchObject([{ health: "up", lastError: "" }]);
    expect(prometheus.warnings().filter((line) => !line.includes("native"))).toEqual([]);
  }
});

async function read(expression: string): Promise<string | undefined> {
  return (await byProtobuf.query(expression))[0]?.value[1];
}

test("of a native histogram the buckets are stored where protobuf is scraped", async () => {
  expect(await byText.query("histogram_count(native_seconds)")).toEqual([]);
  expect(await read("histogram_count(native_seconds)")).toBe("12");
  expect(await read("histogram_sum(native_seconds)")).toBe("30");
  // Two in the zero bucket, four up to 2, six up to 4.
  expect(await read("histogram_fraction(0, 2, native_seconds) * 12")).toBe("6");
  expect(await read("histogram_fraction(2, 4, native_seconds) * 12")).toBe("6");
});

/** promtool has a word on the names that we push. */
const ABOUT_NAMES = /^(?:flink|push|nodejs|a_b|native|h|s|c)_?/;

test("promtool check metrics finds nothing wrong with the text but names", async () => {
  const { text } = await relay.request("GET", "/metrics");
  const { status, stderr } = spawnSync(programs.promtool, ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });
  expect(stderr.split("\n").filter((line) => line !== "" && !ABOUT_NAMES.test(line))).toEqual([]);
  expect([0, 3]).toContain(status);
});

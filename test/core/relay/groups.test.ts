import { describe, expect, test } from "vitest";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { labels as pairs, protobufBody } from "../../support/protobuf-body.ts";

function groups(relay: InMemoryRelay): Record<string, unknown>[] {
  return relay.groupTexts().map((text) => JSON.parse(text) as Record<string, unknown>);
}

describe("a group as the API shows it", () => {
  test("has its labels, whether its last push was taken, and its families by name", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j/a/1", '# HELP g How <many>.\n# TYPE g gauge\ng{x="&"} 0.25\ng{instance="i"} 1e6\n');
    expect(relay.groupTexts()).toEqual([
      '{"g":{"time_stamp":"2023-11-14T22:13:20Z","type":"GAUGE","help":"How \\u003cmany\\u003e.","metrics":[' +
        '{"labels":{"a":"1","instance":"","job":"j","x":"\\u0026"},"value":"0.25"},' +
        '{"labels":{"a":"1","instance":"i","job":"j"},"value":"1e+06"}]},' +
        '"labels":{"a":"1","job":"j"},"last_push_successful":true,' +
        '"push_failure_time_seconds":{"time_stamp":"2023-11-14T22:13:20Z","type":"GAUGE",' +
        '"help":"Last Unix time when changing this group in the Pushgateway failed.",' +
        '"metrics":[{"labels":{"a":"1","instance":"","job":"j"},"value":"0"}]},' +
        '"push_time_seconds":{"time_stamp":"2023-11-14T22:13:20Z","type":"GAUGE",' +
        '"help":"Last Unix time when changing this group in the Pushgateway succeeded.",' +
        '"metrics":[{"labels":{"a":"1","instance":"","job":"j"},"value":"1.7e+09"}]}}',
    ]);
  });

  test("has summaries and histograms as one metric each, counts without an exponent", () => {
    const relay = createInMemoryRelay();
    relay.push(
      "/job/j",
      `# TYPE s summary
s{quantile="0.5"} 4
s{quantile="0.99"} NaN
s_sum 1e21
s_count 2000000
# TYPE h histogram
h_bucket{le="1"} 3
h_bucket{le="+Inf"} 5000000
h_sum 2.5
h_count 5000000
`,
    );
    const labels = { instance: "", job: "j" };
    expect(groups(relay)).toMatchObject([
      {
        s: {
          type: "SUMMARY",
          metrics: [{ labels, quantiles: { "0.5": "4", "0.99": "NaN" }, count: "2000000", sum: "1e+21" }],
        },
        h: {
          type: "HISTOGRAM",
          metrics: [{ labels, buckets: { "1": "3", "+Inf": "5000000" }, count: "5000000", sum: "2.5" }],
        },
      },
    ]);
  });

  test("has the buckets of a native histogram from the lowest up", () => {
    const relay = createInMemoryRelay();
    const body = protobufBody({
      name: "h",
      type: 4,
      metric: [
        {
          label: pairs({ a: "b" }),
          histogram: {
            sampleCount: 7n,
            sampleSum: 3,
            schema: 0,
            zeroThreshold: 0.5,
            zeroCount: 2n,
            positiveSpan: [{ offset: 0, length: 2 }],
            positiveDelta: [1n, 0n],
            negativeSpan: [{ offset: 1, length: 1 }],
            negativeDelta: [3n],
          },
        },
      ],
    });
    expect(relay.push("/job/j", body, { format: "protobuf" })).toBeUndefined();
    const buckets = [
      [1, "-2", "-1", "3"],
      [3, "-0.5", "0.5", "2"],
      [0, "0.5", "1", "1"],
      [0, "1", "2", "1"],
    ];
    expect(groups(relay)).toMatchObject([{ h: { metrics: [{ buckets, count: "7", sum: "3" }] } }]);
  });

  test("says of a push that failed that it did, and keeps what there was", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", "a 1\n");
    relay.advance(1000);
    relay.push("/job/j", "a 1\na 2\n");
    expect(groups(relay)).toMatchObject([{ last_push_successful: false, a: { metrics: [{ value: "1" }] } }]);
  });

  test("shows families of several pushes, each with the time of its own", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", "a 1\nb 1\n");
    relay.advance(1250);
    relay.push("/job/j", "b 2\n", { method: "POST" });
    expect(groups(relay)).toMatchObject([
      {
        a: { time_stamp: "2023-11-14T22:13:20Z", metrics: [{ value: "1" }] },
        b: { time_stamp: "2023-11-14T22:13:21.25Z", metrics: [{ value: "2" }] },
      },
    ]);
  });

  test("a family may take the place of the labels, as on a Pushgateway", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", "labels 1\n");
    expect(groups(relay)).toMatchObject([{ labels: { type: "UNTYPED" } }]);
  });
});

describe("a wipe", () => {
  test("leaves nothing of groups, and lets their families have any type", () => {
    const relay = createInMemoryRelay({ shards: 2 });
    for (const job of ["a", "b", "c"]) relay.push(`/job/${job}`, "# TYPE m counter\nm 1\n");
    relay.wipe();
    expect([relay.view("raw"), relay.groupTexts()]).toEqual(["", []]);
    expect(relay.push("/job/d", "# TYPE m gauge\nm 1\n")).toBeUndefined();
  });

  test("lets merged counters begin anew", () => {
    const relay = createInMemoryRelay();
    const push = (value: number): void => {
      relay.advance(10_000);
      relay.push(
        "/job/flink0123456789abcdef0123456789abcdef",
        `# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_id="j",task_id="t",task_attempt_num="0",subtask_index="0",tm_id="tm",host="h"} ${value}\n`,
      );
    };
    for (const value of [100, 110, 130]) push(value);
    expect(relay.view("merged")).toMatch(/^flink_taskmanager_job_task_numRecordsIn\{.*\} 30$/m);
    relay.wipe();
    expect(relay.view("merged")).toBe("");
    for (const value of [140, 145]) push(value);
    expect(relay.view("merged")).toMatch(/^flink_taskmanager_job_task_numRecordsIn\{.*\} 5$/m);
  });
});

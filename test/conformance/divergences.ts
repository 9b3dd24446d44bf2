import type { Step } from "./cases.ts";

/** A case in which the relay answers otherwise than a Pushgateway, and means to. */
export interface Divergence {
  readonly views: readonly ("raw" | "merged")[];
  /** For `docs/compatibility.md`. */
  readonly reason: string;
  /** What is answered instead. Undefined where something is still missing: then the case must fail as it stands. */
  readonly ours?: readonly Step[];
}

const BOTH = ["raw", "merged"] as const;
const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

/** All cases that do not pass, by their ids. What is merely easier to leave out has no place here. */
export const divergences: ReadonlyMap<string, Divergence> = new Map<string, Divergence>([
  [
    "PGW-050",
    {
      views: BOTH,
      reason:
        "`//` in the middle of a path is an empty value and stored as such. A Pushgateway redirects, clients do not follow, and the push is lost.",
      ours: [
        post("/metrics/job/a//instance/b", "m 1\n", 400),
        post("/metrics/job/a/x//instance/b", "m 1\n", 200),
        post("/metrics//job/a", "m 1\n", 404),
        {
          request: get("/api/v1/metrics"),
          expect: { status: 200, groups: [{ job: "a", x: "", instance: "b" }] },
        },
      ],
    },
  ],
  [
    "PGW-080",
    {
      views: BOTH,
      reason:
        "A pushed `push_failure_time_seconds` never takes the place of the relay's own, as a Pushgateway's README promises.",
      ours: [
        post("/metrics/job/j", "a 1\n", 200),
        post("/metrics/job/j", "push_failure_time_seconds 99999999999\n", 200),
        {
          request: get("/metrics"),
          expect: {
            status: 200,
            series_exact: ['a{instance="",job="j"} 1'],
            series_matches: ['^push_failure_time_seconds\\{instance="",job="j"\\} 0$'],
          },
        },
      ],
    },
  ],
  [
    "PGW-095",
    {
      views: BOTH,
      reason:
        "A label value that is not UTF-8 is refused before it makes a group. In a Pushgateway it spoils every later push and scrape.",
      ours: [
        post("/metrics/job/%FF", "a 1\n", 400),
        post("/metrics/job/j/x@base64/_w", "a 1\n", 400),
        post("/metrics/job/ok", "a 1\n", 200),
        { request: get("/metrics"), expect: { status: 200, series_exact: ['a{instance="",job="ok"} 1'] } },
        { request: get("/api/v1/metrics"), expect: { status: 200, groups: [{ job: "ok" }] } },
        { request: { method: "DELETE", path: "/metrics/job/%FF" }, expect: { status: 400 } },
      ],
    },
  ],
  [
    "PGW-096",
    {
      views: BOTH,
      reason: "A protobuf family without a name is refused. In a Pushgateway every later scrape is empty.",
      ours: [
        {
          request: {
            method: "POST",
            path: "/metrics/job/j",
            headers: { "Content-Type": PROTOBUF },
            body_b64: "EQoAGAEiCxIJCQAAAAAAAPA/",
          },
          expect: { status: 400 },
        },
        post("/metrics/job/j", "a 1\n", 200),
        { request: get("/metrics"), expect: { status: 200, series_exact: ['a{instance="",job="j"} 1'] } },
      ],
    },
  ],
  [
    "PGW-161",
    {
      views: BOTH,
      reason: "A body that `Content-Encoding` calls zstd is decoded. A Pushgateway reads it as it comes.",
      ours: [
        {
          request: {
            method: "POST",
            path: "/metrics/job/c",
            headers: { "Content-Encoding": "deflate" },
            body: "some_metric 3.14\n",
          },
          expect: { status: 200, body: "" },
        },
        {
          request: {
            method: "POST",
            path: "/metrics/job/c",
            headers: { "Content-Encoding": "zstd" },
            body: "some_metric 3.14\n",
          },
          expect: { status: 400, body: "zstd: Unknown frame descriptor\n" },
        },
      ],
    },
  ],
  [
    "PGW-168",
    {
      views: BOTH,
      reason: "Who takes zstd and no gzip gets zstd. A Pushgateway answers uncompressed.",
      ours: [
        compressed("gzip", "gzip"),
        compressed("zstd", "zstd"),
        compressed("gzip;q=0, zstd", "zstd"),
        ...["deflate", "*", "gzip;q=0", "zstd;q=0"].map((accepted) => compressed(accepted, undefined)),
      ],
    },
  ],
  [
    "PGW-195",
    {
      views: ["merged"],
      reason: "The merged view adds up what Flink pushes; `?view=raw` and `--view=raw` show what was pushed.",
      ours: [
        {
          request: {
            method: "PUT",
            path: "/metrics/job/myJob1f2e3d4c5b6a79880123456789abcdef/k1/v1",
            headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" },
            body: `# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_id="aa",task_name="Source__Map",subtask_index="0",host="h",tm_id="tm_1",} 42.0
`,
          },
          expect: { status: 200, body: "" },
        },
        {
          request: get("/metrics"),
          expect: {
            status: 200,
            series_exact: [
              'flink_taskmanager_job_task_numRecordsIn{instance="",job="myJob",job_id="aa",k1="v1",task_name="Source__Map"} 0',
            ],
            families: { flink_taskmanager_job_task_numRecordsIn: ["counter", null] },
          },
        },
      ],
    },
  ],
]);

function get(path: string): { readonly method: string; readonly path: string } {
  return { method: "GET", path };
}

function compressed(accepted: string, coding: string | undefined): Step {
  return {
    request: { ...get("/metrics"), headers: { "Accept-Encoding": accepted } },
    expect:
      coding === undefined
        ? { status: 200, headers_absent: ["Content-Encoding"] }
        : { status: 200, headers_expect: { "Content-Encoding": coding } },
  };
}

function post(path: string, body: string, status: number): Step {
  return { request: { method: "POST", path, body }, expect: { status } };
}

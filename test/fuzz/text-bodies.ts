import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Random } from "../support/random.ts";
import { mutateBytes, mutateTokens, tokensOf } from "./tokens.ts";

const FIXTURES = new URL("../fixtures/captures/", import.meta.url);

/** Families as clients write them, with all that the text format has. */
const FAMILIES = [
  '# HELP c_total how many\n# TYPE c_total counter\nc_total 1\nc_total{l="a"} 2.5\nc_total{l="b",m="x"} 1e3\n',
  '# TYPE g gauge\ng{l="v\\\\\\n\\"x"} -1.5E-7\ng{l=""} NaN\n# HELP g a \\\\ gauge \\n of two lines\n',
  '# TYPE h histogram\nh_bucket{le="0.1"} 1\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 4.5\nh_count 3\n',
  '# TYPE h histogram\nh_bucket{p="q",le="1.0",} 2\nh_bucket{p="q",le="5"} 3\nh_sum{p="q"} 1\nh_count{p="q"} 3\n',
  '# HELP s lasts\n# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.99"} NaN\ns_sum 7\ns_count 2\n',
  'u 1\nu2{a="b"} 2 \nv{a="b",c="d",} 3\t\n',
  '# a comment\n\n  # TYPE   x\tuntyped  \n  x\t{ a = "b" , } 7\n',
  "stamped 1 1700000000000\n# TYPE stamped gauge\n",
  '# TYPE "n.u" gauge\n{"n.u","l.m"="v",x="y"} 1\n{"n.u"} 2\n',
  "# HELP ü not UTF-8\n# TYPE h_count counter\nh_count 4\n# TYPE s_sum gauge\ns_sum 1\nh_bucket 1\n",
  'http_requests_total{job="other",instance="i"} 5\npush_time_seconds 1\n',
].map(latin1);

const OPENMETRICS = [
  '# TYPE c counter\n# HELP c how many\nc_total 1 # {trace_id="x"} 0.5 1.5\nc_created 1.5e9\n',
  '# TYPE g_seconds gauge\n# UNIT g_seconds seconds\ng_seconds{l="v"} -1.5\ng_seconds{l="\\"\\\\\\n"} NaN\n',
  '# TYPE h histogram\nh_bucket{le="0.1"} 1 # {a="b"} 0.05\nh_bucket{le="+Inf"} 3\nh_count 3\nh_sum 4.5\nh_created 1.0\n',
  '# TYPE gh gaugehistogram\ngh_bucket{le="1.0"} 1\ngh_bucket{le="+Inf"} 3\ngh_gcount 3\ngh_gsum 4.5\n',
  '# TYPE s summary\ns{quantile="0.5"} 1\ns_count 2\ns_sum 3\ns_created 2\n',
  '# TYPE i info\ni_info{version="1"} 1\n# TYPE st stateset\nst{st="a"} 1\nst{st="b"} 0\n',
  "# TYPE u unknown\nu 1 1700000000.5\nbare 4\n",
  '# TYPE "n.u" gauge\n{"n.u","l.m"="v"} 1\n',
].map(latin1);

const WORDS = [
  ["# HELP ", "# TYPE ", "# UNIT ", "# EOF", "# EOF\n", "#", "counter", "gauge", "histogram", "summary"],
  [
    "untyped",
    "unknown",
    "info",
    "stateset",
    "gaugehistogram",
    "Counter",
    "le",
    "quantile",
    "job",
    "instance",
  ],
  [
    "_total",
    "_bucket",
    "_sum",
    "_count",
    "_created",
    "_info",
    "h",
    "s",
    "c_total",
    "g",
    "u",
    "tm_id",
    "host",
  ],
  ['le="1"', 'le="1.0"', 'le="+Inf"', 'le="NaN"', 'quantile="0.5"', 'quantile="0.50"', 'job=""', 'l="a"'],
  ["flink_taskmanager_job_task_numRecordsIn", "flink_taskmanager_Status_JVM_CPU_Load", "\n", " ", "{", "}"],
  ["PerSecond", "flink_jobmanager_job_uptime", " # {} 1", " 1700000000000", "push_time_seconds"],
].flat();

export type Fragments = readonly (readonly string[])[];

/** Families of recorded Flink bodies, a few of each recording. */
function recorded(): string[] {
  return ["flink-1.20.3", "flink-2.3.0"].flatMap((name) => {
    const lines = gunzipSync(readFileSync(new URL(`${name}.jsonl.gz`, FIXTURES)))
      .toString("utf8")
      .split("\n");
    const bodies = lines.flatMap((line) => /"body":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? []);
    const families = new Map<string, string>();
    for (const body of bodies.filter((_, i) => i % 25 === 0)) {
      for (const family of (JSON.parse(`"${body}"`) as string).split(/^(?=# HELP )/m)) {
        families.set(family.split("\n", 1)[0] ?? "", family.split("\n").slice(0, 6).join("\n"));
      }
    }
    return [...families.values()].map((text) => latin1(text.endsWith("\n") ? text : `${text}\n`));
  });
}

export const textFragments: Fragments = [...FAMILIES, ...FAMILIES, ...recorded()].map(tokensOf);
export const openMetricsFragments: Fragments = OPENMETRICS.map(tokensOf);

/** A body of some families, most often with something wrong in it. */
export function makeTextBody(random: Random, fragments: Fragments, end = ""): Uint8Array {
  const tokens: string[] = [];
  for (let left = random.below(4) + 1; left > 0; left -= 1) tokens.push(...random.pick(fragments));
  if (end !== "") tokens.push(end);
  const changed = random.oneIn(8) ? tokens : mutateTokens(tokens, random, WORDS, fragments);
  const bytes = Buffer.from(changed.join(""), "latin1");
  return random.oneIn(10) ? mutateBytes(bytes, random) : bytes;
}

/** UTF-8, a byte a character: what a mutation cuts need not be UTF-8 any more. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

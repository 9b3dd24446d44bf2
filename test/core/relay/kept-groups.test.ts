import { describe, expect, test } from "vitest";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { series } from "../../support/view-text.ts";

const SUCCEEDED = "Last Unix time when changing this group in the Pushgateway succeeded.";
const FAILED = "Last Unix time when changing this group in the Pushgateway failed.";

test.each(["merged", "raw"] as const)("without a Flink push the %s view is a Pushgateway's", (view) => {
  const relay = createInMemoryRelay();
  relay.push(
    "/job/zebra/shard/1",
    `# HELP request_seconds How long.
# TYPE request_seconds histogram
request_seconds_bucket{path="/",le="0.1"} 3
request_seconds_bucket{path="/",le="1"} 5
request_seconds_sum{path="/"} 2.5
request_seconds_count{path="/"} 7
# TYPE batch_seconds summary
batch_seconds{quantile="0.5"} 4
batch_seconds{quantile="0.99"} 9e6
batch_seconds_count 12
untyped_thing{b="2",a="1"} NaN
`,
  );
  relay.advance(500);
  relay.push("/job/ant", 'untyped_thing{x="y",instance="i"} -0\nuntyped_thing 1e21\n', { method: "POST" });

  expect(relay.view(view)).toBe(`# TYPE batch_seconds summary
batch_seconds{instance="",job="zebra",shard="1",quantile="0.5"} 4
batch_seconds{instance="",job="zebra",shard="1",quantile="0.99"} 9e+06
batch_seconds_sum{instance="",job="zebra",shard="1"} 0
batch_seconds_count{instance="",job="zebra",shard="1"} 12
# HELP push_failure_time_seconds ${FAILED}
# TYPE push_failure_time_seconds gauge
push_failure_time_seconds{instance="",job="ant"} 0
push_failure_time_seconds{instance="",job="zebra",shard="1"} 0
# HELP push_time_seconds ${SUCCEEDED}
# TYPE push_time_seconds gauge
push_time_seconds{instance="",job="ant"} 1.7000000005e+09
push_time_seconds{instance="",job="zebra",shard="1"} 1.7e+09
# HELP request_seconds How long.
# TYPE request_seconds histogram
request_seconds_bucket{instance="",job="zebra",path="/",shard="1",le="0.1"} 3
request_seconds_bucket{instance="",job="zebra",path="/",shard="1",le="1"} 5
request_seconds_bucket{instance="",job="zebra",path="/",shard="1",le="+Inf"} 7
request_seconds_sum{instance="",job="zebra",path="/",shard="1"} 2.5
request_seconds_count{instance="",job="zebra",path="/",shard="1"} 7
# TYPE untyped_thing untyped
untyped_thing{instance="",job="ant"} 1e+21
untyped_thing{instance="i",job="ant",x="y"} 0
untyped_thing{a="1",b="2",instance="",job="zebra",shard="1"} NaN
`);
});

/** The view less its comments and stamps. */
function samples(relay: InMemoryRelay): string[] {
  const lines = relay.view("raw").split("\n").slice(0, -1);
  return lines.filter((line) => !line.startsWith("#") && !line.startsWith("push_"));
}

function stamps(relay: InMemoryRelay): string[] {
  return relay
    .view("raw")
    .split("\n")
    .filter((line) => line.startsWith("push_"));
}

const PUT = { method: "PUT" } as const;
const POST = { method: "POST" } as const;

describe("what a push replaces", () => {
  const before = `a{x="1"} 1\na{x="2"} 2\n# TYPE b counter\nb 3\n`;

  test.each<[string, string, { method: "PUT" | "POST" }, string[]]>([
    ["a PUT replaces the whole group", `a{x="3"} 4\n`, PUT, [`a{instance="",job="j",x="3"} 4`]],
    ["a PUT without samples empties it", "", PUT, []],
    ["so does one of comments only", "# TYPE b counter\n", PUT, []],
    [
      "a POST replaces families by name, as a whole",
      `a{x="3"} 4\nc 5\n`,
      POST,
      [`a{instance="",job="j",x="3"} 4`, `b{instance="",job="j"} 3`, `c{instance="",job="j"} 5`],
    ],
    [
      "a POST without samples changes nothing",
      "",
      POST,
      [`a{instance="",job="j",x="1"} 1`, `a{instance="",job="j",x="2"} 2`, `b{instance="",job="j"} 3`],
    ],
    [
      "a PUT may give a family of its own group another type",
      "# TYPE b gauge\nb 9\n",
      PUT,
      [`b{instance="",job="j"} 9`],
    ],
    [
      "and so may a POST",
      "# TYPE b gauge\nb 9\n",
      POST,
      [`a{instance="",job="j",x="1"} 1`, `a{instance="",job="j",x="2"} 2`, `b{instance="",job="j"} 9`],
    ],
  ])("%s", (_what, body, method, wanted) => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", before);
    relay.push("/job/other", "a 7\n");
    relay.advance(1000);
    expect(relay.push("/job/j", body, method)).toBeUndefined();
    expect(samples(relay).filter((line) => !line.includes("other"))).toEqual(wanted);
    expect(stamps(relay)).toContain(`push_time_seconds{instance="",job="j"} 1.700000001e+09`);
    expect(samples(relay)).toContain(`a{instance="",job="other"} 7`);
  });

  test("PUTs and POSTs in turn leave the newest of each family", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", "a 1\nb 1\nc 1\n");
    relay.push("/job/j", "b 2\nc 2\n", POST);
    relay.push("/job/j", "c 3\n", POST);
    relay.push("/job/j", "b 4\nc 4\n", POST);
    relay.push("/job/j", "c 5\n", POST);
    expect(samples(relay).map((line) => line.replace(/\{.*\}/, ""))).toEqual(["a 1", "b 4", "c 5"]);
    relay.push("/job/j", "b 6\n");
    expect(samples(relay).map((line) => line.replace(/\{.*\}/, ""))).toEqual(["b 6"]);
  });

  test("a DELETE takes the group and nothing deeper or beside it", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", "a 1\n");
    relay.push("/job/j/x/1", "a 2\n");
    relay.delete("/job/j");
    relay.delete("/job/unknown");
    expect(samples(relay)).toEqual([`a{instance="",job="j",x="1"} 2`]);
    expect(stamps(relay).length).toBe(2);
  });
});

describe("a push that is refused for what it says", () => {
  const INCONSISTENT = "pushed metrics are invalid or inconsistent with existing metrics: ";

  test.each<[string, string, string]>([
    [
      "another type than in another group",
      "fine 1\n# TYPE a gauge\na 1\n",
      `collected metric "a" is not a COUNTER: this push says GAUGE, others pushed it before; rename one of them`,
    ],
    [
      "a type that the relay itself uses otherwise",
      "# TYPE sluice_own counter\nsluice_own 1\n",
      "gathered metric family sluice_own has type COUNTER but should have GAUGE: the relay itself exposes it",
    ],
    [
      "a series twice",
      "b 1\nb 2\n",
      `collected metric "b" { label:{name:"instance"  value:""}  label:{name:"job"  value:"j"}  untyped:{value:2}} was collected before with the same name and label values`,
    ],
    [
      "a series twice, once its labels are those of the group",
      `b{job="x"} 1\nb 2\n`,
      `collected metric "b" { label:{name:"instance"  value:""}  label:{name:"job"  value:"j"}  untyped:{value:2}} was collected before with the same name and label values`,
    ],
    [
      "two series twice",
      "b 1\nb 2\nc 1\nc 2\n",
      `2 error(s) occurred:\n* collected metric "b" was collected before with the same name and label values\n* collected metric "c" was collected before with the same name and label values`,
    ],
    ["a timestamp", "b 1\nc 1 0\n", "pushed metrics must not have timestamps (line 2 has one)"],
    ["a reserved label", `b{__x="1"} 1\n`, `metric "b" has the reserved label name "__x": rename it`],
    [
      "a name that is a line of another group's summary",
      "s_count 1\n",
      `collected metric named "s_count" collides with previously collected family "s": rename one of them`,
    ],
    [
      "a histogram with a line that is another group's metric",
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 1\nh_sum 1\n',
      `collected metric named "h" collides with previously collected family "h_bucket": rename one of them`,
    ],
    [
      "a name that is a line of a summary in the same body",
      `t_count 1\n# TYPE t summary\nt{quantile="1"} 2\n`,
      `collected metric named "t" collides with previously collected family "t_count": rename one of them`,
    ],
  ])("(%s) leaves its stamp and changes nothing else", (_what, body, reason) => {
    const relay = createInMemoryRelay();
    relay.push("/job/a", "# TYPE a counter\na 1\n# TYPE s summary\ns_count 2\nh_bucket 1\n");
    const before = samples(relay);
    const refusal = relay.push("/job/j", body);
    expect(refusal).toEqual({ code: "inconsistent", message: INCONSISTENT + reason });
    expect(samples(relay)).toEqual(before);
    expect(stamps(relay)).toContain(`push_time_seconds{instance="",job="j"} 0`);
    expect(stamps(relay)).toContain(`push_failure_time_seconds{instance="",job="j"} 1.7e+09`);
  });

  test("leaves the group as it was, and the next success keeps the stamp of the failure", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", "a 1\n");
    relay.advance(1000);
    relay.push("/job/j", "a 1\na 2\n");
    expect(samples(relay)).toEqual([`a{instance="",job="j"} 1`]);
    relay.advance(1000);
    relay.push("/job/j", "a 3\n");
    expect(samples(relay)).toEqual([`a{instance="",job="j"} 3`]);
    expect(stamps(relay)).toEqual([
      `push_failure_time_seconds{instance="",job="j"} 1.700000001e+09`,
      `push_time_seconds{instance="",job="j"} 1.700000002e+09`,
    ]);
  });

  test.each([
    ["a broken line", "a 1\nb\n", `text format parsing error in line 2: expected float as value, got ""`],
    [
      "a label twice",
      `a{x="1",x="2"} 1\n`,
      `text format parsing error in line 1: duplicate label names for metric "a"`,
    ],
    ["no line feed at the end", "a 1", "text format parsing error in line 1: unexpected end of input stream"],
  ])("for its syntax (%s) leaves no trace", (_what, body, message) => {
    const relay = createInMemoryRelay();
    expect(relay.push("/job/j", body)).toEqual({ code: "bad_exposition", message });
    expect(relay.view("raw")).toBe("");
  });

  test("for its size leaves no trace", () => {
    const relay = createInMemoryRelay({ settings: { maxSeriesPerPush: 2 } });
    expect(relay.push("/job/j", "a 1\nb 1\n")).toBeUndefined();
    expect(relay.push("/job/k", "a 1\nb 1\nc 1\n")).toEqual({
      code: "too_many_series",
      message: "the push has more than 2 series: raise --limit.series-per-push or push fewer",
    });
    expect(stamps(relay).length).toBe(2);
  });
});

test("a type is free again when nobody pushes the family any more", () => {
  const relay = createInMemoryRelay({ shards: 3, partitions: 16 });
  for (const job of ["a", "b", "c", "d"]) relay.push(`/job/${job}`, "# TYPE m counter\nm 1\n");
  for (const job of ["a", "b", "c"]) relay.delete(`/job/${job}`);
  expect(relay.push("/job/e", "# TYPE m gauge\nm 1\n")).toMatchObject({ code: "inconsistent" });
  relay.push("/job/d", "other 1\n");
  expect(relay.push("/job/e", "# TYPE m gauge\nm 1\n")).toBeUndefined();
});

test("one group may change a type that nobody else pushes, and others must follow it", () => {
  const relay = createInMemoryRelay({ shards: 2 });
  relay.push("/job/a", "# TYPE m counter\nm 1\n");
  relay.push("/job/a", "# TYPE m gauge\nm 1\n");
  for (const job of ["b", "c", "d"]) {
    expect(relay.push(`/job/${job}`, "# TYPE m counter\nm 1\n")).toMatchObject({ code: "inconsistent" });
    expect(relay.push(`/job/${job}`, "# TYPE m gauge\nm 1\n")).toBeUndefined();
  }
  expect(relay.push("/job/a", "# TYPE m counter\nm 1\n")).toMatchObject({ code: "inconsistent" });
});

test("a body that was pushed before, whose types a POST has changed since, changes them back for all", () => {
  const relay = createInMemoryRelay();
  const summary = '# TYPE a summary\na{quantile="0.5"} 0\n# TYPE b counter\nb 0\n';
  relay.push("/job/g2", summary);
  relay.push("/job/g2", "# TYPE a gauge\na 0\n", { method: "POST" });
  relay.push("/job/g2", summary);
  expect(relay.push("/job/g1", "# TYPE a gauge\na 0\n")?.code).toBe("inconsistent");
});

test("HELP may differ: one of the texts is shown, escaped", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/a", "# HELP m one\\nmore\nm 1\n");
  relay.push("/job/b", "# HELP m two\nm 1\n");
  expect(relay.view("raw").match(/^# HELP m .*$/gm)).toEqual(["# HELP m one\\nmore"]);
});

test("HELP follows the pushes of a group that has the family to itself", () => {
  const relay = createInMemoryRelay();
  const help = (): string[] | null => relay.view("raw").match(/(?<=^# HELP m ).*$/gm);
  for (const text of ["one", "two"]) {
    relay.push("/job/a", `# HELP m ${text}\nm 1\n`);
    expect(help()).toEqual([text]);
  }
  relay.push("/job/a", "m 1\n", POST);
  expect(help()).toBeNull();
  relay.push("/job/b", "m 1\n");
  relay.push("/job/a", "# HELP m three\nm 1\n");
  expect(help()).toBeNull();
});

test("the count of a summary is shown as a whole number", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/j", "# TYPE s summary\ns_sum 2.5\ns_count 3.9\n");
  expect(samples(relay)).toContain(`s_count{instance="",job="j"} 3`);
});

test("stamps that are pushed are not believed", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/j", "push_time_seconds 5\npush_failure_time_seconds 99999999999\na 1\n");
  expect(stamps(relay)).toEqual([
    `push_failure_time_seconds{instance="",job="j"} 0`,
    `push_time_seconds{instance="",job="j"} 1.7e+09`,
  ]);
});

test("kept groups never expire, whatever the staleness", () => {
  const relay = createInMemoryRelay({ settings: { staleness: 1000 } });
  relay.push("/job/full", "a 1\n");
  relay.push("/job/empty", "");
  relay.push("/job/failed", "a 1\na 1\n");
  const before = relay.view("merged");
  relay.advance(40 * 24 * 3_600_000);
  expect(relay.view("merged")).toBe(before);
  expect(stamps(relay).length).toBe(6);
});

test("a batch job that pushes the same body again is not counted as a replay", () => {
  const relay = createInMemoryRelay();
  for (let i = 0; i < 3; i += 1) relay.push("/job/j", "a 1\n");
  expect(relay.statuses().flatMap(({ tallies }) => tallies)).toEqual([]);
});

test("a series that two groups show alike stands once", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/j/x/1", `# TYPE s summary\ns{quantile="0.5"} 1\ns_count 3\n`);
  relay.push("/job/j", `# TYPE s summary\ns{x="1",quantile="0.5"} 2\ns_count{x="1"} 4\n`);
  expect(series(relay.view("raw")).get(`s_count{instance="",job="j",x="1"}`)).toBeDefined();
});

describe("where nothing is checked", () => {
  const unchecked = { settings: { consistencyCheck: false } };

  test("what stands against others is left out and reported, and no view suffers from it", () => {
    const relay = createInMemoryRelay(unchecked);
    relay.push("/job/a", "# TYPE m counter\nm 1\n");
    expect(relay.push("/job/b", "# TYPE m gauge\nm 2\nfine 3\nfine 4\n")).toBeUndefined();
    expect(samples(relay)).toEqual([`fine{instance="",job="b"} 3`, `m{instance="",job="a"} 1`]);
    const leftOut = (reason: string, family: string): number =>
      relay.tally("sluice_left_out_series_total", `family="${family}",job="b",reason="${reason}"`);
    expect([leftOut("type_conflict", "m"), leftOut("repeated", "fine")]).toEqual([1, 1]);
  });

  test("a family that was left out comes back with a push after its opponent has gone", () => {
    const relay = createInMemoryRelay(unchecked);
    relay.push("/job/a", "# TYPE m counter\nm 1\n");
    relay.push("/job/b", "# TYPE m gauge\nm 2\n");
    relay.delete("/job/a");
    relay.push("/job/b", "# TYPE m gauge\nm 2\nnew 1\n");
    expect(samples(relay)).toContain(`m{instance="",job="b"} 2`);
  });

  test("a timestamp and a broken line are refused all the same", () => {
    const relay = createInMemoryRelay(unchecked);
    expect(relay.push("/job/a", "m 1 5\n")).toMatchObject({ code: "inconsistent" });
    expect(relay.push("/job/b", "m\n")).toMatchObject({ code: "bad_exposition" });
    expect(stamps(relay)).toContain(`push_failure_time_seconds{instance="",job="a"} 1.7e+09`);
  });
});

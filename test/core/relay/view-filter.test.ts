import { beforeAll, describe, expect, test } from "vitest";
import type { ViewFilter } from "../../../src/core/view/view-filter.ts";
import { parseSelectors } from "../../../src/platform/promql/parse-selectors.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

const relay = createInMemoryRelay({ shards: 2 });
beforeAll(() => {
  relay.push("/job/a/x/1", 'm{l="1"} 1\nm{l="2"} 2\nother 3\n');
  relay.push("/job/b", '# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 2\nm 4\n');
  const attempt = (tm: string, value: number): void => {
    relay.push(
      `/job/flink${tm.repeat(32)}`,
      `# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_id="j",task_id="t",task_attempt_num="0",subtask_index="0",tm_id="${tm}",host="h"} ${value}
# TYPE flink_taskmanager_job_task_busyTimeMsPerSecond gauge
flink_taskmanager_job_task_busyTimeMsPerSecond{job_id="j",task_id="t",task_attempt_num="0",subtask_index="0",tm_id="${tm}",host="h"} ${value}\n`,
    );
  };
  attempt("c", 10);
  attempt("d", 20);
});

function asked({
  names = [],
  jobs = [],
  match = [],
}: {
  names?: string[];
  jobs?: string[];
  match?: string[];
}): ViewFilter {
  const parsed = parseSelectors(match);
  if (!parsed.ok) throw new Error(parsed.message);
  return { names, jobs, selectors: parsed.selectors };
}

function samples(view: "merged" | "raw", filter: Parameters<typeof asked>[0]): string[] {
  const lines = relay.view(view, undefined, asked(filter)).split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

const M1 = 'm{instance="",job="a",l="1",x="1"} 1';
const M2 = 'm{instance="",job="a",l="2",x="1"} 2';
const MB = 'm{instance="",job="b"} 4';
const H = [
  'h_bucket{instance="",job="b",le="1"} 1',
  'h_bucket{instance="",job="b",le="+Inf"} 2',
  'h_sum{instance="",job="b"} 1',
  'h_count{instance="",job="b"} 2',
];

describe.each(["merged", "raw"] as const)("the %s view", (view) => {
  test.each<[string, Parameters<typeof asked>[0], string[]]>([
    ["a name", { names: ["m"] }, [MB, M1, M2]],
    ["several names", { names: ["m", "other"] }, [MB, M1, M2, 'other{instance="",job="a",x="1"} 3']],
    ["a part of a histogram, which is shown whole", { names: ["h_count"] }, H],
    ["a name that nobody pushes", { names: ["nothing"] }, []],
    ["a name and a job", { names: ["m"], jobs: ["b"] }, [MB]],
    ["two jobs", { names: ["m"], jobs: ["a", "b"] }, [MB, M1, M2]],
    ["a selector", { match: ['m{l=~"1|3"}'] }, [M1]],
    ["either of two selectors", { match: ['m{l="2"}', '{__name__=~"h.*"}'] }, [...H, M2]],
    ["a selector and a name", { match: ['{job="b"}'], names: ["m"] }, [MB]],
    [
      "a push stamp",
      { names: ["push_failure_time_seconds"], jobs: ["b"] },
      ['push_failure_time_seconds{instance="",job="b"} 0'],
    ],
  ])("asked for %s", (_what, filter, wanted) => {
    expect(samples(view, filter)).toEqual(wanted);
  });
});

test("a family of which nothing is asked for has no TYPE either", () => {
  expect(relay.view("merged", undefined, asked({ match: ['m{l="1"}'] }))).toBe(`# TYPE m untyped\n${M1}\n`);
});

test("of the merged view a roll-up is chosen by its own labels, and its companion by its own name", () => {
  const busy = "flink_taskmanager_job_task_busyTimeMsPerSecond";
  const whole = samples("merged", {}).filter((line) => line.startsWith(busy));
  expect(whole.length).toBeGreaterThan(1);
  expect(samples("merged", { names: [busy] })).toEqual(whole.filter((line) => line.startsWith(`${busy}{`)));
  expect(samples("merged", { names: [`${busy}_max`] })).toEqual(
    whole.filter((line) => line.startsWith(`${busy}_max{`)),
  );
  expect(samples("merged", { jobs: ["flink"], names: [busy] })).toHaveLength(1);
  expect(samples("merged", { match: [`${busy}{tm_id="c"}`] })).toEqual([]);
});

test("of the raw view a fleet's series are chosen by what was pushed", () => {
  expect(samples("raw", { match: ['flink_taskmanager_job_task_numRecordsIn{tm_id="d"}'] })).toHaveLength(1);
});

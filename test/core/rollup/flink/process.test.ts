import { expect, test } from "vitest";
import { flinkProcess } from "../../../../src/core/rollup/flink/process.ts";
import type { FlinkProcess } from "../../../../src/core/rollup/flink/process.ts";
import type { Labels } from "../../../../src/core/exposition/label-block.ts";

const taskManager = (id: string, host = "10_0_0_1"): Labels => ["host", host, "job_id", "a", "tm_id", id];

test.each<[string, Labels[], FlinkProcess | undefined]>([
  ["a body without Flink's families", [], undefined],
  ["a TaskManager's", [taskManager("tm1"), taskManager("tm1")], { kind: "taskmanager", id: "tm_id=tm1" }],
  [
    "a TaskManager's on a host of two names",
    [taskManager("tm1", "a"), taskManager("tm1", "b")],
    { kind: "taskmanager", id: "tm_id=tm1" },
  ],
  [
    "a JobManager's",
    [
      ["host", "jm"],
      ["host", "jm", "job_id", "a"],
    ],
    { kind: "jobmanager", id: "host=jm" },
  ],
  [
    "a MiniCluster's of one TaskManager",
    [["host", "localhost"], taskManager("tm1")],
    { kind: "taskmanager", id: "tm_id=tm1" },
  ],
  ["a MiniCluster's of two", [taskManager("tm1"), taskManager("tm2"), ["host", "localhost"]], undefined],
  [
    "one that names two hosts and no TaskManager",
    [
      ["host", "a"],
      ["host", "b"],
    ],
    undefined,
  ],
  ["one whose reporter leaves both labels out", [["job_id", "a"], []], undefined],
  ["one with an empty tm_id", [["host", "jm", "tm_id", ""]], { kind: "jobmanager", id: "host=jm" }],
])("%s", (_whose, labels, want) => {
  expect(flinkProcess(labels)).toEqual(want);
});

test("a TaskManager named like a JobManager's host is another process", () => {
  expect(flinkProcess([taskManager("a")])?.id).not.toBe(flinkProcess([["host", "a"]])?.id);
  expect(flinkProcess([taskManager("host=a")])?.id).not.toBe(flinkProcess([["host", "a"]])?.id);
});

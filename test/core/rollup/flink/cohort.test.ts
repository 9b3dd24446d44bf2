import { assert, constantFrom, oneof, property, string, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { attemptOf, cohortOf } from "../../../../src/core/rollup/flink/cohort.ts";
import type { Labels } from "../../../../src/core/exposition/label-block.ts";

const subtask = ["job_id", "j", "subtask_index", "0", "task_id", "t"];

describe("cohortOf", () => {
  test.each<[string, Labels, string]>([
    [
      "an attempt",
      [...subtask.slice(0, 4), "task_attempt_id", "x_t_0_1", "task_id", "t"],
      '[["task_attempt_id"],["x_t_0_1"]]',
    ],
    ["a subtask", subtask, '[["job_id","task_id","subtask_index"],["j","t","0"]]'],
    ["a job, where the subtask is not known", ["job_id", "j", "task_id", "t"], '[["job_id"],["j"]]'],
    ["a job", ["host", "jm", "job_id", "j"], '[["job_id"],["j"]]'],
    ["the process", ["host", "a", "tm_id", "tm1"], ""],
    ["the process, without labels", [], ""],
  ])("%s", (_what, labels, want) => {
    expect(cohortOf(labels)).toBe(want);
  });

  test("tells any two attempts, subtasks and jobs apart", () => {
    const value = string({ unit: constantFrom("a", '"', "\\", ",", "]", "\n") });
    const labels = oneof(
      value.map((id) => ["task_attempt_id", id]),
      value.map((id) => ["job_id", id]),
      tuple(value, value, value).map(([j, s, t]) => ["job_id", j, "subtask_index", s, "task_id", t]),
    );
    assert(
      property(labels, labels, (a, b) => {
        expect(cohortOf(a) === cohortOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe("attemptOf", () => {
  test("is the attempt number of the subtask", () => {
    const labels = [...subtask.slice(0, 4), "task_attempt_num", "12", "task_id", "t"];
    expect(attemptOf(labels)).toEqual({ taskKey: '["j","t","0"]', number: 12 });
  });

  test("takes a label that is left out for the same everywhere", () => {
    expect(attemptOf(["job_id", "j", "task_attempt_num", "3"])).toEqual({
      taskKey: '["j",null,null]',
      number: 3,
    });
  });

  test.each([
    [[]],
    [subtask],
    [["task_attempt_num", ""]],
    [["task_attempt_num", "-1"]],
    [["task_attempt_num", "1.5"]],
  ])("%j has no attempt", (labels) => {
    expect(attemptOf(labels)).toBeUndefined();
  });
});

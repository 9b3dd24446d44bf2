import { expect, test } from "vitest";
import type { RecordedRequest } from "../../../src/node/replay/capture.ts";
import { asNewProcesses } from "../../../src/node/replay/new-processes.ts";

const JOB = "e948786e7852dad0aff4ed487da505ca";
const RUN = "a7b81e4449e1c3b3f47910e58503937d";
const TASK = "90bea66de1c231edf33913ecd54406c1";
const PROCESS = "bbcdab39bb7c16a40a2f8fe759dd805a";

function request(path: string, body: string): RecordedRequest {
  return { kind: "request", atMs: 0, method: "PUT", path, contentType: undefined, body };
}

const recorded = request(
  `/metrics/job/flink${PROCESS}/cluster/ci`,
  `a{job_id="${JOB}",task_id="${TASK}",task_attempt_id="${RUN}_${TASK}_2_0",operator_id="${TASK}",tm_id="tm1",} 1.0
b{task_attempt_id="${RUN}_${TASK}_3_1",job_id="${JOB}",} 2.0
`,
);

test("the first round is the recording itself", () => {
  expect(asNewProcesses(recorded, 0)).toBe(recorded);
});

test("a round has its own job, runs and processes, each the same wherever it stands", () => {
  const { path, body } = asNewProcesses(recorded, 1);
  const [, job = ""] = /job_id="(\w{32})"/.exec(body) ?? [];
  const [, run = ""] = /task_attempt_id="([\da-f]{32})_/.exec(body) ?? [];
  const [, process = ""] = /\/job\/flink([\da-f]{32})\//.exec(path) ?? [];
  expect(new Set([job, run, process, JOB, RUN, PROCESS, ""]).size).toBe(7);
  expect(path).toBe(recorded.path.replace(PROCESS, process));
  expect(body).toBe(recorded.body.replaceAll(JOB, job).replaceAll(RUN, run));
});

test("task and operator ids stay: they follow from the job graph", () => {
  const kept = asNewProcesses(recorded, 1).body.split(TASK);
  expect(kept).toHaveLength(recorded.body.split(TASK).length);
});

test("two rounds differ, and a round is always the same", () => {
  expect(asNewProcesses(recorded, 1)).not.toEqual(asNewProcesses(recorded, 2));
  expect(asNewProcesses(recorded, 2)).toEqual(asNewProcesses(recorded, 2));
});

test.each(["/metrics/job/nightly", `/metrics/job/nightly/id/${JOB}`, `/metrics/job/a${JOB}-x`])(
  "%s names no process and stays",
  (path) => expect(asNewProcesses(request(path, ""), 1).path).toBe(path),
);

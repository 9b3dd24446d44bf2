import { expect, test } from "vitest";
import { run } from "../../../src/node/cli/run.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { startRelay } from "../server/running-relay.ts";

async function ran(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const exitCode = await run(["explain", ...args], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    stopped: new AbortController().signal,
  });
  return { exitCode, out, err };
}

test("a person is told where a number comes from, over all threads", async () => {
  await using relay = await startRelay({ threads: 2 });
  for (const [tm, value] of [
    ["tm1", 10],
    ["tm2", 1],
    ["tm1", 15],
  ] as const) {
    const job = `j${tm.padStart(32, "0").replaceAll(/[^0-9]/g, "0")}`;
    await relay.push(`/metrics/job/${job}`, flinkBody(taskSample("numRecordsIn", { tm }, value)));
  }
  const url = `--url=http://127.0.0.1:${relay.port}`;
  const { exitCode, out, err } = await ran("flink_taskmanager_job_task_numRecordsIn", url);
  expect([exitCode, err]).toEqual([0, ""]);
  expect(out).toMatch(
    /^flink_taskmanager_job_task_numRecordsIn\{.*job="j",.*\} 5\n {2}counter, function counter\n/,
  );
  expect(out).toContain("  rule: Flink preset: counter\n");
  expect(out).toContain("  served: live sources feed it\n");
  expect(out).toContain(
    "  made of\n    + 16  last values of live contributors\n    - 11  not counted: baseline\n",
  );
  expect(out).toContain("    baseline: 11\n");
  expect(out).toContain("  contributors: 2\n");
  expect(out).toMatch(
    / {4}15 {2}live, pushed [\d.]+ s ago, \{job="j0+1"\} process tm_id=tm1\n {6}\{host="host_tm1"/,
  );

  expect(await ran("nothing", url)).toEqual({
    exitCode: 1,
    out: "",
    err: "sluice: no output of the merged view matches nothing\n",
  });
  const broken = await ran("x{", url);
  expect([broken.exitCode, broken.out]).toEqual([2, ""]);
  expect(broken.err).toMatch(/^sluice: series: character \d+: ./);
});

test("what is not pushed any more is told with what is", async () => {
  await using relay = await startRelay();
  const job = `/metrics/job/j${"0".repeat(32)}`;
  for (const [attempt, value] of [
    [0, 10],
    [1, 3],
  ] as const) {
    await relay.push(job, flinkBody(taskSample("numRecordsIn", { attempt }, value)));
  }
  const { out } = await ran(
    "flink_taskmanager_job_task_numRecordsIn",
    `--url=http://127.0.0.1:${relay.port}`,
  );
  expect(out).toContain(
    "    + 3  last values of live contributors\n" +
      "    + 10  last values that would go on if they came back (1 series, 1 of attempts of tasks)\n" +
      "    - 10  not counted: baseline\n",
  );
});

test.each([
  [[], "sluice: no series given: sluice explain <selector> --url=<relay>\n"],
  [["a", "b"], "sluice: unexpected argument b: quote the selector, it is one argument\n"],
])("explain %j is misuse", async (args, err) => {
  expect(await ran(...args)).toEqual({ exitCode: 2, out: "", err });
});

test("a relay that is not there is named", async () => {
  const { exitCode, err } = await ran("x", "--url=http://127.0.0.1:1");
  expect(exitCode).toBe(2);
  expect(err).toMatch(/^sluice: cannot ask http:\/\/127\.0\.0\.1:1: ./);
});

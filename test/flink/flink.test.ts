import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dashboardQueries } from "../monitoring/grafana/dashboards.ts";
import { type Account, type QuietPoint, openAccount } from "./account.ts";
import { PUBLIC_ALERTS } from "./public-alerts.ts";
import { type Scene, startScene } from "./scene.ts";
import { type Steps, createSteps } from "./steps.ts";
import { waitUntil } from "./wait.ts";

const VERSIONS = process.env["FLINK_VERSIONS"] === "all" ? ["1.20.3", "2.3.0"] : ["1.20.3"];

const FLINK_ALERTS = [
  "FlinkCheckpointsFail",
  "FlinkJobGone",
  "FlinkJobNotRunning",
  "FlinkJobRestarted",
  "FlinkTaskManagerLost",
  "FlinkTaskManagersMissing",
];

/** One cluster goes through everything: each test goes on where the one before it has left it. */
describe.each(VERSIONS)("Flink %s", (version) => {
  let scene: Scene;
  let steps: Steps;
  let account: Account;
  let second: Account;
  let first: QuietPoint;
  let last: QuietPoint;

  beforeAll(async () => {
    scene = await startScene(version, "--staleness=12s");
    steps = createSteps(scene);
  });

  beforeEach(({ task }) => scene.recording.event(task.name));

  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    console.error(`what was pushed, told and logged is in ${await scene.keepEvidence()}`);
  });

  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
  });

  async function expectTrueIncreases(from: QuietPoint, to: QuietPoint): Promise<void> {
    const found = await steps.increases(account, from, to);
    expect(found).toHaveLength(3);
    for (const { truth, slack, increase, rate } of found) {
      expect(Math.abs(increase - truth)).toBeLessThanOrEqual(slack);
      expect(Math.abs(rate - truth)).toBeLessThanOrEqual(slack);
    }
  }

  test("every process pushes to a group of its own", async () => {
    await steps.untilGroups(4);
    for (const { job, cluster } of await scene.relay.groups()) {
      expect(job).toMatch(/^flink[0-9a-f]{32}$/);
      expect(cluster).toBe("prod");
    }
    await steps.untilSeen("tm1", "tm2", "tm3");
    // filterLabelValueCharacters is off.
    const expression = 'count(flink_taskmanager_Status_JVM_CPU_Time{host="127.0.0.1"}) == 3';
    await steps.untilAnswered([{ of: "their host", expression }]);
  });

  test("what the tasks of a job have counted is shown when nothing flows", async () => {
    account = openAccount(scene, await scene.flink.submit("--parallelism", "3"));
    await account.flow(3_000);
    first = await account.settle();
    // Of three tasks the first has no input and the last no output that Flink counts.
    expect(first.shown.size).toBe(6);
    expect([...first.shown.values()].filter((value) => value > 0)).toHaveLength(4);
  });

  test("increase() and rate() are those of Flink, within an interval", async () => {
    await account.flow(20_000);
    last = await account.settle();
    await expectTrueIncreases(first, last);
  });

  test("what public alerts ask for has an answer", async () => {
    await steps.untilAnswered(PUBLIC_ALERTS.map((expression) => ({ of: expression, expression })));
  });

  test("the dashboards show data", async () => {
    const queries = dashboardQueries("30s").filter(({ isOptional }) => !isOptional);
    expect(queries.length).toBeGreaterThan(50);
    await steps.untilAnswered(queries);
  });

  test("while nothing is broken no alert of Flink's fires", async () => {
    await steps.untilResolved(...FLINK_ALERTS);
  });

  test("checkpoints that fail raise an alert, and the job goes on", async () => {
    const attempt = await steps.attempt(account.jobId);
    scene.flink.turn("fail-checkpoints", "on");
    await steps.untilFiring("FlinkCheckpointsFail");
    scene.flink.turn("fail-checkpoints", "off");
    expect(await steps.attempt(account.jobId)).toBe(attempt);
  });

  test("a task that fails loses nothing that was pushed, and raises an alert", async () => {
    const attempt = await steps.attempt(account.jobId);
    scene.flink.turn("throw", "on");
    await steps.untilFiring("FlinkJobRestarted");
    await steps.untilBeyond(account.jobId, attempt);
    await account.flow(2_000);
    await account.settle();
  });

  test("one that fails while records flow loses what it had not pushed, and no more", async () => {
    await account.flow(5_000);
    const attempt = await steps.attempt(account.jobId);
    scene.flink.turn("throw", "on");
    await steps.untilBeyond(account.jobId, attempt);
    await account.flow(2_000);
    await account.settle();
  });

  test("a TaskManager that is killed leaves when it has been silent for its limit, and its counts stay", async () => {
    const attempt = await steps.attempt(account.jobId);
    await scene.flink.endTaskManager("tm1", "SIGKILL");
    await steps.untilSeen("tm2", "tm3");
    await steps.untilGroups(3);
    await steps.untilFiring("FlinkTaskManagerLost", "FlinkTaskManagersMissing");
    await steps.untilBeyond(account.jobId, attempt);
    await account.settle();
  });

  test("one in its place resolves the alert that one is missing", async () => {
    await scene.flink.startTaskManager("tm4");
    await steps.untilSeen("tm2", "tm3", "tm4");
    await account.flow(2_000);
    await account.settle();
    await steps.untilResolved("FlinkTaskManagersMissing");
  });

  test("one that is killed while records flow takes with it what it had not pushed, and no more", async () => {
    await account.flow(5_000);
    const attempt = await steps.attempt(account.jobId);
    await scene.flink.endTaskManager("tm2", "SIGKILL");
    await steps.untilBeyond(account.jobId, attempt);
    await account.flow(2_000);
    await account.settle();
    await scene.flink.startTaskManager("tm5");
    await steps.untilSeen("tm3", "tm4", "tm5");
  });

  test("one that is told to end deletes its group, and no ghost of it comes back", async () => {
    const attempt = await steps.attempt(account.jobId);
    await scene.flink.endTaskManager("tm3", "SIGTERM");
    await steps.untilGroups(3);
    await steps.untilSeen("tm4", "tm5");
    await steps.untilBeyond(account.jobId, attempt);
    await account.flow(2_000);
    await account.settle();
    expect(await scene.relay.groups()).toHaveLength(3);
  });

  test("a relay that is killed in the middle goes on from where it was", async () => {
    await account.flow(2_000);
    await scene.relay.kill();
    await scene.relay.start();
    await account.flow(2_000);
    await account.settle();
  });

  test("half a minute without a relay costs nothing, and Flink goes on", async () => {
    await account.flow(2_000);
    await scene.relay.kill();
    await delay(30_000);
    expect(scene.flink.jobManager.lines.join("\n")).toContain("Failed to push metrics to PushGateway");
    await scene.relay.start();
    await account.flow(2_000);
    last = await account.settle();
  });

  test("why a push is refused stands in Flink's log", async () => {
    await scene.relay.kill();
    await scene.relay.start("--limit.body-bytes=1KiB");
    await waitUntil("the JobManager has logged it", async () => {
      const found = scene.flink.jobManager.lines.filter((line) => line.includes("response body: "));
      return await Promise.resolve(
        found.some((line) => /was 413, response body: .+--limit\.body-bytes/.test(line))
          ? undefined
          : `its log has ${found.join("\n")}`,
      );
    });
    await scene.relay.kill();
    await scene.relay.start();
    await account.flow(2_000);
    last = await account.settle();
  });

  test("all alerts are resolved when what was broken is mended", async () => {
    await scene.flink.startTaskManager("tm6");
    await steps.untilSeen("tm4", "tm5", "tm6");
    await steps.untilResolved(...FLINK_ALERTS);
  });

  test("over all of this increase() and rate() are those of Flink, and no counter has fallen", async () => {
    await expectTrueIncreases(first, last);
    const view = await scene.relay.view("merged");
    const counters = [...view.matchAll(/^# TYPE (flink_\S+) counter$/gm)].map(([, name]) => name);
    expect(counters.length).toBeGreaterThan(20);
    const fell = await Promise.all(counters.map((name) => scene.prometheus.query(`resets(${name}[1h]) > 0`)));
    expect(fell.flat()).toEqual([]);
    const complaints = /duplicate|out.of.order|out of bounds|rule failed/i;
    expect(scene.prometheus.warnings().filter((line) => complaints.test(line))).toEqual([]);
  });

  test("a job that is cancelled leaves its counts, and raises an alert until it is submitted again", async () => {
    const running = `flink_jobmanager_job_runningTime{job_id="${account.jobId}"}`;
    await steps.untilAnswered([{ of: "its gauges", expression: running }]);
    await scene.flink.api.cancel(account.jobId);
    await waitUntil("its gauges are gone", async () =>
      (await scene.prometheus.query(running)).length === 0 ? undefined : "they are there",
    );
    await steps.untilFiring("FlinkJobGone");
    await account.settle();
    second = openAccount(scene, await scene.flink.submit("--parallelism", "2", "--restart-strategy", "none"));
    await second.flow(2_000);
    await second.settle();
    await steps.untilResolved("FlinkJobGone");
    await account.settle();
  });

  test("so does one that fails and is not restarted", async () => {
    scene.flink.turn("throw", "on");
    await waitUntil("it has failed", async () => {
      const { state } = await scene.flink.api.job(second.jobId);
      return state === "FAILED" ? undefined : `it is ${state}`;
    });
    await steps.untilFiring("FlinkJobGone");
    await second.settle();
    const third = openAccount(scene, await scene.flink.submit("--parallelism", "1"));
    await third.flow(500);
    await third.settle();
    await steps.untilResolved("FlinkJobGone");
  });

  test("when all have ended in good order, there is nothing left of them but counts", async () => {
    await Promise.all(
      [...scene.flink.taskManagers.keys()].map((name) => scene.flink.endTaskManager(name, "SIGTERM")),
    );
    await scene.flink.jobManager.end("SIGTERM");
    await steps.untilGroups(0);
    expect(await scene.relay.view("raw")).not.toMatch(/^flink_/m);
  });
});

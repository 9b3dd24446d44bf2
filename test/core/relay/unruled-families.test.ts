import { describe, expect, test } from "vitest";
import { PATH, relayOfAnHour, idle } from "../../support/counted-records.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";

describe("a family without a rule", () => {
  test("is a counter from when a rate of its name stands beside it", () => {
    const relay = relayOfAnHour();
    relay.push(PATH, flinkBody(idle("tm1", 0)));
    relay.push(PATH, words("tm1", 70, true));
    relay.push(PATH, words("tm1", 75, true));
    expect(wordsShown(relay)).toEqual([75]);
    expect(relay.view("merged")).toContain("# TYPE flink_taskmanager_job_task_operator_words counter\n");
  });

  test("then everywhere in that job, for those too who push it already, from their next push on", () => {
    const relay = relayOfAnHour({ shards: 3, partitions: 16 });
    const paths = ["0", "1", "2", "3", "4"].map((digit) => `/job/flink${digit.repeat(32)}`);
    for (const [i, path] of paths.entries()) relay.push(path, words(`tm${i}`, 100, false));
    expect(wordsShown(relay)).toEqual([100, 100, 100, 100, 100]);
    relay.push(`/job/flink${"9".repeat(32)}`, words("tm9", 100, true));
    for (const [i, path] of paths.entries()) relay.push(path, words(`tm${i}`, 101, false));
    for (const [i, path] of paths.entries()) relay.push(path, words(`tm${i}`, 102, false));
    // First seen as a counter at 101: what was before is a baseline.
    expect(wordsShown(relay)).toEqual([5]);
  });

  test("but not in another job", () => {
    const relay = relayOfAnHour();
    relay.push(PATH, words("tm1", 70, true));
    relay.push("/job/other", words("tm2", 70, false));
    expect(samplesOf(relay.view("merged"), "flink_taskmanager_job_task_operator_words")[1]).toMatch(
      /job="other".*tm_id="tm2"\} 70$/,
    );
  });
});

/** A user's counter, with the rate that Flink's operators register beside theirs or without. */
function words(tm: string, value: number, rate: boolean): string {
  const labels = { tm, subtask: Number(tm.at(-1)) };
  const rates = rate ? [taskSample("operator_wordsPerSecond", labels, 1)] : [];
  return flinkBody(idle(tm, value), taskSample("operator_words", labels, value), ...rates);
}

function wordsShown(relay: InMemoryRelay): number[] {
  return valuesOf(relay.view("merged"), "flink_taskmanager_job_task_operator_words");
}

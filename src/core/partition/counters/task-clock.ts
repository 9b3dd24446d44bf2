import type { LabelSet } from "../label-set.ts";
import type { Layout } from "../layout.ts";

const BUSY = "flink_taskmanager_job_task_accumulateBusyTimeMs";
const IDLE = "flink_taskmanager_job_task_accumulateIdleTimeMs";
const BACK_PRESSURED = "flink_taskmanager_job_task_accumulateBackPressuredTimeMs";

/** What a body of Flink tells about how long its tasks have run. */
export interface TaskClock {
  /** The age of the attempt that the series belongs to, or undefined where the body does not tell. */
  ageMs(set: LabelSet): number | undefined;
  /** What its idle and back-pressured times prove its age to be at the least; 0 where they are not there. */
  atLeastMs(set: LabelSet): number;
  /** The 60 s average of the counter of that family, if Flink sends one beside it. */
  perSecond(set: LabelSet, family: string): number | undefined;
}

/**
 * A task is busy, idle or back-pressured at any time of its life, so the three times that Flink
 * accumulates are its age (measured within −1.5 and +0.9 s; busy is NaN for some tasks).
 */
export function createTaskClock(layout: Layout, values: Float64Array): TaskClock {
  let times: Map<string, Map<string, number>> | undefined;
  const rates = new Map<string, Map<LabelSet, number>>();

  function timesOf(set: LabelSet): Map<string, number> | undefined {
    times ??= readTimes(layout, values);
    return times.get(set.attemptId ?? "");
  }

  return {
    ageMs(set) {
      const ofAttempt = timesOf(set);
      if (ofAttempt === undefined) return undefined;
      const age = [BUSY, IDLE, BACK_PRESSURED].reduce(
        (sum, name) => sum + (ofAttempt.get(name) ?? Number.NaN),
        0,
      );
      return Number.isNaN(age) ? undefined : age;
    },
    atLeastMs(set) {
      const ofAttempt = timesOf(set);
      return (ofAttempt?.get(IDLE) ?? 0) + (ofAttempt?.get(BACK_PRESSURED) ?? 0);
    },
    perSecond(set, family) {
      let ofFamily = rates.get(family);
      if (ofFamily === undefined)
        rates.set(family, (ofFamily = readFamily(layout, values, `${family}PerSecond`)));
      return ofFamily.get(set);
    },
  };
}

function readTimes(layout: Layout, values: Float64Array): Map<string, Map<string, number>> {
  const byAttempt = new Map<string, Map<string, number>>();
  for (const family of [BUSY, IDLE, BACK_PRESSURED]) {
    for (const [set, value] of readFamily(layout, values, family)) {
      const attempt = set.attemptId;
      if (attempt === undefined) continue;
      let times = byAttempt.get(attempt);
      if (times === undefined) byAttempt.set(attempt, (times = new Map()));
      times.set(family, value);
    }
  }
  return byAttempt;
}

function readFamily(layout: Layout, values: Float64Array, name: string): Map<LabelSet, number> {
  const found = new Map<LabelSet, number>();
  const family = layout.families.findIndex((candidate) => candidate.name === name);
  if (family === -1) return found;
  for (const [i, set] of layout.sets.entries()) {
    if (layout.familyOf[i] === family) found.set(set, values[i] ?? Number.NaN);
  }
  return found;
}

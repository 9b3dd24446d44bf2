import { expect, test } from "vitest";
import { inferCounters, INFERRED_COUNTER } from "../../../../src/core/rollup/flink/inferred-counters.ts";

const OP = "flink_taskmanager_job_task_operator_";
const JJ = "flink_jobmanager_job_";

test.each<[string, string[], string[]]>([
  ["a counter beside its rate", [`${OP}words`, `${OP}wordsPerSecond`], [`${OP}words`]],
  ["the same on a JobManager", [`${JJ}splits`, `${JJ}splitsPerSecond`], [`${JJ}splits`]],
  ["a name alone, whatever it sounds like", [`${OP}numWords`, `${OP}words_total`, `${OP}wordCount`], []],
  ["a rate alone", [`${OP}wordsPerSecond`], []],
  ["a rate in another group", [`${OP}words`, `${OP}de_wordsPerSecond`], []],
  ["the rate of a rate", [`${OP}aPerSecond`, `${OP}aPerSecondPerSecond`], []],
  ["no metric of Flink", ["words", "wordsPerSecond"], []],
  ["records in flight", [`${OP}numRecordsInFlight`, `${OP}numRecordsInFlightPerSecond`], []],
  ["batches pending", [`${OP}sink_numBatchesPending`, `${OP}sink_numBatchesPendingPerSecond`], []],
  ["what runs now", [`${OP}numRunningQueries`, `${OP}numRunningQueriesPerSecond`], []],
  ["what is registered now", [`${OP}numRegisteredTimers`, `${OP}numRegisteredTimersPerSecond`], []],
  ["runs that were counted", [`${OP}numRuns`, `${OP}numRunsPerSecond`], [`${OP}numRuns`]],
])("%s", (_what, names, want) => {
  expect(inferCounters(names)).toEqual(want);
});

test("an inferred counter has the rule of Flink's own", () => {
  expect(INFERRED_COUNTER).toEqual({
    action: "merge",
    kind: "counter",
    function: "sum",
    skip: [],
    companions: [],
  });
});

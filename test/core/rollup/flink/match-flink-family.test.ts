import { describe, expect, test } from "vitest";
import { isFlinkFamily, matchFlinkFamily } from "../../../../src/core/rollup/flink/match-flink-family.ts";
import type { FamilyType } from "../../../../src/core/exposition/parsed-body.ts";
import type { Rule } from "../../../../src/core/rollup/rule.ts";
import { CAPTURED_FAMILIES } from "./captured-families.ts";
import { capturedPushes } from "./captures.ts";

const JM = "flink_jobmanager_";
const JJ = "flink_jobmanager_job_";
const TM = "flink_taskmanager_";
const TJ = "flink_taskmanager_job_";
const TT = "flink_taskmanager_job_task_";
const OP = "flink_taskmanager_job_task_operator_";
const MIN = -9.223372036854776e18;
const MAX = 9.223372036854776e18;

/** A rule on one line: kind, function, companions, and what is no value. */
function line(rule: Rule | undefined): string | undefined {
  if (rule === undefined) return undefined;
  if (rule.action === "drop") return `${rule.kind}: dropped`;
  return [`${rule.kind}: ${[rule.function, ...rule.companions].join(", ")}`, ...rule.skip].join(" without ");
}

test.each<[string, string]>([
  // Of a process: one contributor, no companions
  [`${TM}Status_JVM_CPU_Load`, "ratio: avg without -1"],
  [`${JM}Status_JVM_CPU_Time`, "counter: sum without -1"],
  [`${TM}Status_JVM_Memory_Heap_Used`, "sum: sum"],
  [`${TM}Status_JVM_Memory_Metaspace_Max`, "sum: sum without -1"],
  [`${TM}Status_JVM_GarbageCollector_G1_Concurrent_GC_Time`, "counter: sum"],
  [`${TM}Status_JVM_GarbageCollector_ZGC_Major_Cycles_Count`, "counter: sum"],
  [`${TM}Status_JVM_GarbageCollector_All_TimeMsPerSecond`, "msps: avg"],
  [`${TM}Status_Shuffle_Netty_UsedMemorySegments`, "sum: sum"],
  [`${TM}Status_Shuffle_Netty_RequestedMemoryUsage`, "ratio: max"],
  [`${TM}System_CPU_UsageCPU15`, "ratio: avg"],
  [`${TM}System_Network_eth0_ReceiveRate`, "rate: sum"],
  [`${TM}System_Memory_Available`, "max: max"],
  // Of a cluster or of a job, from its one JobManager
  [`${JM}taskSlotsAvailable`, "single: newest"],
  [`${JM}startWorkFailurePerSecond`, "rate: sum"],
  [`${JJ}runningState`, "bool: max"],
  [`${JJ}runningTime`, "single: newest without -1"],
  [`${JJ}runningTimeTotal`, "counter: sum"],
  [`${JJ}numRestarts`, "counter: sum"],
  [`${JJ}lastCheckpointDuration`, "single: newest without -1"],
  [`${JJ}lastCheckpointRestoreTimestamp`, "ts: max without -1"],
  [`${JJ}lastCheckpointExternalPath`, "info: dropped"],
  [`${JJ}operator_coordinator_enumerator_unassignedSplits`, "sum: sum"],
  // Of a task
  [`${TT}numRecordsIn`, "counter: sum"],
  [`${TT}numRecordsInPerSecond`, "rate: sum, contributors"],
  [`${TT}numRecordsOut_bc764cd8ddf7a0cff126f51c16239658`, "counter: sum"],
  [`${TT}numBytesInRemote`, "counter: sum"],
  [`${TT}Shuffle_Netty_Input_numBuffersInLocalPerSecond`, "rate: sum, contributors"],
  [`${TT}Shuffle_Netty_Input_Buffers_inPoolUsage`, "ratio: max, avg"],
  [`${TT}Shuffle_Netty_Output_Buffers_outputQueueLength`, "sum: sum, contributors"],
  [`${TT}buffers_inPoolUsage`, "info: dropped"],
  [`${TT}Shuffle_Netty_Input_0_totalQueueLen`, "sum: sum, contributors"],
  [`${TT}Network_Output_11_avgQueueLen`, "avg: avg, max"],
  [`${TT}Input_0_minQueueLen`, "min: min"],
  [`${TT}isBackPressured`, "bool: max, sum"],
  [`${TT}busyTimeMsPerSecond`, "msps: max, avg"],
  [`${TT}maxSoftBackPressureTimeMs`, "max: max"],
  [`${TT}maxSoftBackPressuredTimeMs`, "max: max"],
  [`${TT}accumulateIdleTimeMs`, "counter: sum"],
  [`${TT}accumulateBusyTimeMs`, "info: dropped"],
  [`${TT}mailboxQueueSize`, "sum: sum, contributors, max"],
  [`${TT}initializationTime`, "max: max"],
  [`${TT}debloatedBufferSize`, "avg: avg, max"],
  [`${TT}Shuffle_Netty_Input_0_debloatedBufferSize`, "avg: avg, max"],
  [`${TT}estimatedTimeToConsumeBuffersMs`, `max: max without ${MIN}`],
  [`${TT}currentInputWatermark`, `ts: min, unset without ${MIN} without ${MAX}`],
  // Of an operator
  [`${OP}currentInput2Watermark`, `ts: min, unset without ${MIN} without ${MAX}`],
  [`${OP}split_watermark_pausedTimeMsPerSecond`, "msps: max, avg"],
  [`${OP}split_watermark_accumulatedPausedTimeMs`, "counter: sum"],
  [`${OP}numSplitsProcessed`, "counter: sum"],
  [`${OP}rocksdb_estimate_num_keys`, "sum: sum, contributors"],
  [`${OP}window_contents_rocksdb_estimate_num_keys`, "sum: sum, contributors"],
  [`${OP}column_family_rocksdb_is_write_stopped`, "bool: max, sum"],
  [`${OP}rocksdb_block_cache_hit`, "counter: sum"],
  [`${OP}forst_fileCache_usedBytes`, "sum: sum, contributors"],
  [`${OP}pendingRecords`, "sum: sum, contributors"],
  [`${OP}sourceIdleTime`, "min: min"],
  [`${OP}currentEmitEventTimeLag`, "max: max without -1"],
  [`${OP}currentSendTime`, "max: max without -1"],
  [`${OP}CurrentSendTime`, "max: max"],
  [`${OP}millisBehindLatest`, "max: max without -1"],
  [`${OP}lookupCacheHitRate`, "ratio: max, avg"],
  // Kafka
  [`${OP}KafkaSourceReader_commitsFailed`, "counter: sum"],
  [`${OP}commitsFailed`, "counter: sum"],
  [`${OP}KafkaSourceReader_topic_partition_currentOffset`, "max: max without -1"],
  [
    `${OP}DynamicKafkaSource_kafkaCluster_KafkaSourceReader_topic_partition_committedOffset`,
    "max: max without -1",
  ],
  [
    `${OP}KafkaSourceReader_KafkaConsumer_records_lag_max`,
    "max: max without -1 without -Infinity without Infinity",
  ],
  [`${OP}KafkaSourceReader_KafkaConsumer_records_lag_avg`, "avg: avg, max"],
  [`${OP}KafkaSourceReader_KafkaConsumer_records_lead_min`, "min: min"],
  [`${OP}KafkaSourceReader_KafkaConsumer_bytes_consumed_total`, "counter: sum"],
  [`${OP}KafkaSourceReader_KafkaConsumer_bytes_consumed_rate`, "rate: sum, contributors"],
  [`${OP}KafkaSourceReader_KafkaConsumer_poll_idle_ratio_avg`, "avg: avg, max"],
  [`${OP}KafkaSourceReader_KafkaConsumer_connection_count`, "sum: sum, contributors"],
  [`${OP}KafkaSourceReader_KafkaConsumer_last_poll_seconds_ago`, "max: max without -1"],
  [`${OP}KafkaSourceReader_KafkaConsumer_start_time_ms`, "info: dropped"],
  [`${OP}DynamicKafkaSource_kafkaCluster_KafkaSourceReader_KafkaConsumer_io_ratio`, "ratio: max, avg"],
  [`${OP}KafkaConsumer_fetch_latency_max`, "max: max without -Infinity without Infinity"],
  [`${OP}KafkaProducer_buffer_available_bytes`, "sum: sum, contributors"],
  [`${OP}KafkaProducer_record_send_total`, "counter: sum"],
])("%s is %s", (name, want) => {
  expect(line(matchFlinkFamily(name, "gauge"))).toBe(want);
});

test.each([
  `${TT}mailboxLatencyMs`,
  `${TT}latency_source_id_operator_id_operator_subtask_index_latency`,
  `${TT}latency_source_id_source_subtask_index_operator_id_operator_subtask_index_latency`,
  `${TT}latency_operator_id_operator_subtask_index_latency`,
  `${TJ}latency_source_id_operator_id_operator_subtask_index_latency`,
  `${TJ}uploadLatenciesNanos`,
  `${OP}state_name_valueStateGetLatency`,
  `${OP}state_name_mapStatePutKeySize`,
  `${OP}mapStateIteratorHasNextLatency`,
  `${OP}my_window_state_aggregatingStateMergeNamespacesLatency`,
])("%s is a summary", (name) => {
  expect(line(matchFlinkFamily(name, "summary"))).toBe("summary: worst");
});

describe("a family that Flink does not register passes through", () => {
  test.each<[string, FamilyType]>([
    [`${OP}wordcount_words`, "gauge"],
    [`${TT}numRecordsOut_late`, "gauge"], // a user's, not a job vertex
    [`${TT}Shuffle_Netty_Input_Buffers_totalQueueLen`, "gauge"], // not a gate
    [`${OP}numOpenConnections`, "gauge"],
    [`${OP}KafkaSourceReader_KafkaConsumer_metadata_age`, "gauge"],
    [`${TM}numRecordsIn`, "gauge"],
    [`x${TT}numRecordsIn`, "gauge"],
    ["push_time_seconds", "gauge"],
    ["push_failure_time_seconds", "gauge"],
    ["up", "untyped"],
    // A user's histogram under the name of a counter, and the other way round
    [`${OP}numRecordsIn`, "summary"],
    [`${OP}numRecordsIn`, "histogram"],
    [`${TT}mailboxLatencyMs`, "gauge"],
  ])("%s as %s", (name, type) => {
    expect(matchFlinkFamily(name, type)).toBeUndefined();
    expect(isFlinkFamily(name, type)).toBe(false);
  });
});

test.each<FamilyType>(["gauge", "counter", "untyped"])("a counter pushed as %s is one", (type) => {
  expect(matchFlinkFamily(`${TT}numRecordsIn`, type)?.kind).toBe("counter");
});

test("a family that is dropped makes a fleet group all the same", () => {
  expect(isFlinkFamily(`${TT}accumulateBusyTimeMs`, "gauge")).toBe(true);
});

test("the two metrics of one row have one rule, so that layouts may share it", () => {
  expect(matchFlinkFamily(`${TT}numRecordsIn`, "gauge")).toBe(
    matchFlinkFamily(`${TT}numRecordsOut`, "gauge"),
  );
});

describe("what two real clusters pushed", () => {
  const pushes = [...capturedPushes("1.20.3"), ...capturedPushes("2.3.0")];

  test.each(CAPTURED_FAMILIES)("%s (%s): %s", (name, type, want) => {
    expect(matchFlinkFamily(name, type)?.kind ?? "passes through").toBe(want);
  });

  test("is all in that list", () => {
    const seen = new Set(pushes.flatMap(({ body }) => body.match(/(?<=^# TYPE ).+$/gm) ?? []));
    expect([...seen].toSorted()).toEqual(
      CAPTURED_FAMILIES.map(([name, type]) => `${name} ${type}`).toSorted(),
    );
  });

  test("no series of a counter ever falls", () => {
    const last = new Map<string, number>();
    const fell = new Set<string>();
    for (const { path, body } of pushes) {
      for (const [, name = "", labels = "", value] of body.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)) {
        if (matchFlinkFamily(name, "gauge")?.kind !== "counter") continue;
        const series = `${path} ${name} ${labels}`;
        if (Number(value) < (last.get(series) ?? 0)) fell.add(name);
        last.set(series, Number(value));
      }
    }
    expect(last.size).toBeGreaterThan(1000);
    expect([...fell]).toEqual([]);
  });
});

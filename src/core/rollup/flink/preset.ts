import type { Companion, Kind, RollupFunction } from "../rule.ts";
import { SCOPES } from "./scopes.ts";

/** Where a row's metrics are. What Flink has in two scopes shares a row. */
export type RowScope = keyof typeof SCOPES | "JM TM" | "TJ TT" | "TT OP";

export const PREFIXES: Readonly<Record<RowScope, string>> = {
  ...SCOPES,
  "JM TM": "flink_{jobmanager,taskmanager}_",
  "TJ TT": "flink_taskmanager_job_[task_]",
  "TT OP": "flink_taskmanager_job_task_[operator_]",
};

/**
 * One metric of Flink, or some that are alike: where it is, its name (see `pattern.ts`), what it is, how
 * the series that share an output become one number, which numbers are no value, and companions besides
 * those that its kind brings. NaN is no value anywhere.
 */
export type MetricRow = readonly [
  scope: RowScope,
  metric: string,
  kind: Kind,
  does: RollupFunction | "drop",
  skip?: readonly number[],
  also?: readonly Companion[],
];

const UNSET = [-1];
/** Flink's watermarks before the first one (Long.MIN_VALUE) and after the end of input (Long.MAX_VALUE). */
const NO_WATERMARK = [-(2 ** 63), 2 ** 63];
const NO_ESTIMATE = [-(2 ** 63)];
/** A Kafka client's maximum before the first sample, in its old versions. */
const UNBOUNDED = [-Infinity, Infinity];
const NO_LAG = [-1, ...UNBOUNDED];

const STATUS =
  "{initializing,created,running,restarting,cancelling,failing,deploying,allSubTasksRunningOrFinished}";
/** How far `metrics.latency.granularity` tells the sources of latency markers apart. */
const MARKER_SOURCE = "[source_id_[source_subtask_index_]]";
const MEASURED = "{Latency,KeySize,ValueSize}";
/** DynamicKafkaSource has the metrics of its readers two groups deeper. */
const KAFKA_READER = "[DynamicKafkaSource_kafkaCluster_]KafkaSourceReader_";
/** The producer of a sink and the consumer of the old source have no reader around them. */
const KAFKA_CLIENT = `[${KAFKA_READER}]Kafka{Consumer,Producer}_`;

/**
 * Every metric that Flink and its Kafka, Kinesis and HBase connectors register, 1.20 to 2.3.
 *
 * On the wire counters and gauges look the same, so only this table can tell them apart. Where two rows
 * match a name, one that spells it out beats one with a variable part, then the upper one wins.
 * The pushed stamps (`push_time_seconds`) have no row: they must not make a group a fleet group.
 */
// oxfmt-ignore
export const FLINK_METRICS: readonly MetricRow[] = [
  // A process: JVM, memory, network stack
  ["JM TM", "Status_JVM_CPU_Load",                                                   "ratio",   "avg",    UNSET],
  ["JM TM", "Status_JVM_CPU_Time",                                                   "counter", "sum",    UNSET],
  ["JM TM", "Status_JVM_Memory_{Heap,NonHeap,Metaspace}_{Used,Committed}",           "sum",     "sum"],
  ["JM TM", "Status_JVM_Memory_{Heap,NonHeap,Metaspace}_Max",                        "sum",     "sum",    UNSET],
  ["JM TM", "Status_JVM_Memory_{Direct,Mapped}_{Count,MemoryUsed,TotalCapacity}",    "sum",     "sum",    UNSET],
  ["JM TM", "Status_Flink_Memory_Managed_{Used,Total}",                              "sum",     "sum"],
  ["JM TM", "Status_JVM_Threads_Count",                                              "sum",     "sum"],
  ["JM TM", "Status_JVM_FileDescriptor_{Open,Max}",                                  "sum",     "sum",    UNSET],
  ["JM TM", "Status_JVM_GarbageCollector_<gc>_{Count,Time}",                         "counter", "sum"],
  ["JM TM", "Status_JVM_GarbageCollector_<gc>_TimeMsPerSecond",                      "msps",    "avg"],
  ["JM TM", "Status_JVM_ClassLoader_{ClassesLoaded,ClassesUnloaded}",                "counter", "sum"],
  ["TM",    "Status_Network_{AvailableMemorySegments,TotalMemorySegments}",          "sum",     "sum"],
  ["TM",    "Status_Shuffle_Netty_{Available,Used,Total}{MemorySegments,Memory}",    "sum",     "sum"],
  ["TM",    "Status_Shuffle_Netty_RequestedMemoryUsage",                             "ratio",   "max"],

  // The machine under a process (metrics.system-resource)
  ["JM TM", "System_CPU_{Usage,Idle,Sys,User,IOWait,Irq,SoftIrq,Nice,Steal,UsageCPU<n>}", "ratio", "avg"],
  ["JM TM", "System_CPU_{Load1min,Load5min,Load15min}",                              "avg",     "avg",    UNSET],
  ["JM TM", "System_{Memory_{Available,Total},Swap_{Used,Total}}",                   "max",     "max"],
  ["JM TM", "System_Network_<interface>_{ReceiveRate,SendRate}",                     "rate",    "sum"],

  // A cluster
  ["JM",    "{numRegisteredTaskManagers,numPendingTaskManagers,numRunningJobs}",     "single",  "newest"],
  ["JM",    "{taskSlotsAvailable,taskSlotsTotal}",                                   "single",  "newest"],
  ["JM",    "startWorkFailurePerSecond",                                             "rate",    "sum"],

  // A job, as the JobManager sees it
  ["JJ",    `${STATUS}State`,                                                        "bool",    "max"],
  ["JJ",    `${STATUS}Time`,                                                         "single",  "newest", UNSET],
  ["JJ",    `${STATUS}TimeTotal`,                                                    "counter", "sum"],
  ["JJ",    "{uptime,downtime}",                                                     "single",  "newest", UNSET],
  ["JJ",    "{numRestarts,fullRestarts,numRescales,numJobFailures}",                 "counter", "sum"],
  ["JJ",    "{numberOfCompletedCheckpoints,numberOfFailedCheckpoints,totalNumberOfCheckpoints}", "counter", "sum"],
  ["JJ",    "numberOfInProgressCheckpoints",                                         "sum",     "sum"],
  ["JJ",    "lastCheckpoint{Duration,Size,FullSize,MetadataSize}",                   "single",  "newest", UNSET],
  ["JJ",    "lastCheckpoint{ProcessedData,PersistedData,AlignmentBuffered}",         "single",  "newest", UNSET],
  ["JJ",    "lastCompletedCheckpointId",                                             "single",  "newest", UNSET],
  ["JJ",    "lastCheckpoint{CompletedTimestamp,RestoreTimestamp}",                   "ts",      "max",    UNSET],
  ["JJ",    "lastCheckpointExternalPath",                                            "info",    "drop"],
  ["JJ",    "numSlowExecutionVertices",                                              "sum",     "sum"],
  ["JJ",    "numEffectiveSpeculativeExecutions",                                     "counter", "sum"],
  ["JJ",    "operator_coordinator_enumerator_unassignedSplits",                      "sum",     "sum"],

  // A job on a TaskManager: file merging, changelog
  ["TJ",    "fileMerging_{logical,physical}File{Count,Size}",                        "sum",     "sum"],
  ["TJ",    "{numberOfUploadRequests,numberOfUploadFailures}",                       "counter", "sum"],
  ["TJ",    "{attemptsPerUpload,totalAttemptsPerUpload}",                            "summary", "worst"],
  ["TJ",    "{uploadBatchSizes,uploadLatenciesNanos,uploadSizes}",                   "summary", "worst"],
  ["TJ",    "uploadQueueSize",                                                       "sum",     "sum"],

  // Latency markers: under the task since 1.20, under the job before
  ["TJ TT", `latency_${MARKER_SOURCE}operator_id_operator_subtask_index_latency`,      "summary", "worst"],

  // A task: records, bytes, buffers
  ["TT",    "{numRecordsIn,numRecordsOut,numBytesIn,numBytesOut}",                   "counter", "sum"],
  ["TT",    "{numRecordsIn,numRecordsOut,numBytesIn,numBytesOut}PerSecond",          "rate",    "sum"],
  ["TT",    "{numBuffersOut,numFiredTimers}",                                        "counter", "sum"],
  ["TT",    "{numBuffersOut,numFiredTimers}PerSecond",                               "rate",    "sum"],
  ["TT",    "numRecordsOut_<jobVertexId>",                                           "counter", "sum"],
  ["TT",    "[Shuffle_Netty_Input_]num{Bytes,Buffers}In{Local,Remote}",              "counter", "sum"],
  ["TT",    "[Shuffle_Netty_Input_]num{Bytes,Buffers}In{Local,Remote}PerSecond",     "rate",    "sum"],
  ["TT",    "Shuffle_Netty_Input_Buffers_{inputQueueLength,inputQueueSize}",         "sum",     "sum"],
  ["TT",    "Shuffle_Netty_Input_Buffers_inPoolUsage",                               "ratio",   "max"],
  ["TT",    "Shuffle_Netty_Input_Buffers_input{Floating,Exclusive}BuffersUsage",     "ratio",   "max"],
  ["TT",    "Shuffle_Netty_Output_Buffers_{outputQueueLength,outputQueueSize}",      "sum",     "sum"],
  ["TT",    "Shuffle_Netty_Output_Buffers_outPoolUsage",                             "ratio",   "max"],
  ["TT",    "buffers_{inputQueueLength,inputQueueSize,inPoolUsage}",                 "info",    "drop"],
  ["TT",    "buffers_{outputQueueLength,outputQueueSize,outPoolUsage}",              "info",    "drop"],
  ["TT",    "buffers_{inputFloatingBuffersUsage,inputExclusiveBuffersUsage}",        "info",    "drop"],
  ["TT",    "[{Shuffle_Netty,Network}_]{Input,Output}_<gate>_totalQueueLen",         "sum",     "sum"],
  ["TT",    "[{Shuffle_Netty,Network}_]{Input,Output}_<gate>_minQueueLen",           "min",     "min"],
  ["TT",    "[{Shuffle_Netty,Network}_]{Input,Output}_<gate>_maxQueueLen",           "max",     "max"],
  ["TT",    "[{Shuffle_Netty,Network}_]{Input,Output}_<gate>_avgQueueLen",           "avg",     "avg"],

  // A task: how its time goes. accumulateBusyTimeMs falls within a series (it is what the clock leaves
  // of the other two), so it is no counter; the age of a task is read from it before it is dropped.
  ["TT",    "isBackPressured",                                                       "bool",    "max"],
  ["TT",    "{idle,busy,backPressured,softBackPressured,hardBackPressured}TimeMsPerSecond", "msps", "max"],
  ["TT",    "changelogBusyTimeMsPerSecond",                                          "msps",    "max"],
  ["TT",    "max{Soft,Hard}BackPressure[d]TimeMs",                                   "max",     "max"],
  ["TT",    "{accumulateBackPressuredTimeMs,accumulateIdleTimeMs}",                  "counter", "sum"],
  ["TT",    "accumulateBusyTimeMs",                                                  "info",    "drop"],
  ["TT",    "mailboxMailsPerSecond",                                                 "rate",    "sum"],
  ["TT",    "mailboxLatencyMs",                                                      "summary", "worst"],
  ["TT",    "mailboxQueueSize",                                                      "sum",     "sum",    [], ["max"]],
  ["TT",    "{initializationTime,checkpointAlignmentTime,checkpointStartDelayNanos}", "max",    "max"],
  ["TT",    "[Shuffle_Netty_Input_<gate>_]debloatedBufferSize",                      "avg",     "avg"],
  ["TT",    "[Shuffle_Netty_Input_<gate>_]estimatedTimeToConsumeBuffersMs",          "max",     "max",    NO_ESTIMATE],

  // Event time
  ["TT OP", "numLateRecordsDropped",                                                 "counter", "sum"],
  ["TT OP", "currentInputWatermark",                                                 "ts",      "min",    NO_WATERMARK],
  ["OP",    "currentInput<n>Watermark",                                              "ts",      "min",    NO_WATERMARK],
  ["OP",    "currentOutputWatermark",                                                "ts",      "min",    NO_WATERMARK],
  ["OP",    "watermarkAlignmentDrift",                                               "max",     "max"],
  ["OP",    "split_watermark_currentWatermark",                                      "ts",      "min",    NO_WATERMARK],
  ["OP",    "split_watermark_{active,paused,idle}TimeMsPerSecond",                   "msps",    "max"],
  ["OP",    "split_watermark_accumulated{Active,Paused,Idle}TimeMs",                 "counter", "sum"],

  // An operator
  ["OP",    "{numRecordsIn,numRecordsOut,numBytesIn,numBytesOut}",                   "counter", "sum"],
  ["OP",    "{numRecordsIn,numRecordsOut,numBytesIn,numBytesOut}PerSecond",          "rate",    "sum"],
  ["OP",    "numSplitsProcessed",                                                    "counter", "sum"],

  // State
  ["OP",    "asyncStateProcessing_{numInFlightRecords,numBlockingKeys}",             "sum",     "sum"],
  ["OP",    "asyncStateProcessing_{activeBufferSize,blockingBufferSize}",            "sum",     "sum"],
  ["OP",    `state_name_<operation>${MEASURED}`,                                       "summary", "worst"],
  ["OP",    `[<state>_]stateClear${MEASURED}`,                                         "summary", "worst"],
  ["OP",    `[<state>_]valueState{Get,Update}${MEASURED}`,                             "summary", "worst"],
  ["OP",    `[<state>_]listState{Get,Add,AddAll,Update,MergeNamespaces}${MEASURED}`,   "summary", "worst"],
  ["OP",    `[<state>_]mapState{Get,Put,PutAll,Remove,Contains,IsEmpty}${MEASURED}`,   "summary", "worst"],
  ["OP",    `[<state>_]mapState{Entries,Keys,Values,Iterator}Init${MEASURED}`,         "summary", "worst"],
  ["OP",    `[<state>_]mapStateIterator{HasNext,Next,Remove}${MEASURED}`,              "summary", "worst"],
  ["OP",    `[<state>_]{aggregating,reducing}State{Get,Add,MergeNamespaces}${MEASURED}`, "summary", "worst"],
  ["OP",    "forst_fileCache_{hit,miss}",                                            "counter", "sum"],
  ["OP",    "forst_fileCache_{usedBytes,remainingBytes}",                            "sum",     "sum"],
  ["OP",    "{started,completed,failed}Materialization",                             "counter", "sum"],
  ["OP",    "lastDurationOfMaterialization",                                         "max",     "max"],
  ["OP",    "last{Full,Inc}SizeOf{Materialization,NonMaterialization}",              "sum",     "sum"],
  ["OP",    "[<columnFamily>_]rocksdb_{is_write_stopped,compaction_pending,mem_table_flush_pending}", "bool", "max"],
  ["OP",    "[<columnFamily>_]rocksdb_{block_cache_hit,block_cache_miss,bytes_read,bytes_written}", "counter", "sum"],
  ["OP",    "[<columnFamily>_]rocksdb_{compaction_read_bytes,compaction_write_bytes}", "counter", "sum"],
  ["OP",    "[<columnFamily>_]rocksdb_{iter_bytes_read,stall_micros,background_errors}", "counter", "sum"],
  ["OP",    "[<columnFamily>_]rocksdb_<property>",                                   "sum",     "sum"],

  // Sources and sinks
  ["OP",    "numRecordsInErrors",                                                    "counter", "sum"],
  ["OP",    "sourceIdleTime",                                                        "min",     "min"],
  ["OP",    "watermarkLag",                                                          "max",     "max"],
  ["OP",    "{currentEmitEventTimeLag,currentFetchEventTimeLag}",                    "max",     "max",    UNSET],
  ["OP",    "{pendingRecords,pendingBytes}",                                         "sum",     "sum"],
  ["OP",    "{numRecordsSend,numBytesSend}",                                         "counter", "sum"],
  ["OP",    "{numRecordsSendErrors,numRecordsOutErrors}",                            "counter", "sum"],
  ["OP",    "currentSendTime",                                                       "max",     "max",    UNSET],

  // Kafka. Flink passes the client's own metrics on, which tell by their ending what they are.
  ["OP",    `[${KAFKA_READER}]{commitsSucceeded,commitsFailed}`,                     "counter", "sum"],
  ["OP",    `${KAFKA_READER}topic_partition_{currentOffset,committedOffset}`,        "max",     "max",    UNSET],
  ["OP",    `${KAFKA_READER}KafkaConsumer_records_lag_max`,                          "max",     "max",    NO_LAG],
  ["OP",    `${KAFKA_CLIENT}{connection_count,assigned_partitions}`,                 "sum",     "sum"],
  ["OP",    `${KAFKA_CLIENT}{requests_in_flight,waiting_threads}`,                   "sum",     "sum"],
  ["OP",    `${KAFKA_CLIENT}{buffer_available_bytes,buffer_total_bytes}`,            "sum",     "sum"],
  ["OP",    `${KAFKA_CLIENT}last_{poll,heartbeat,rebalance}_seconds_ago`,            "max",     "max",    UNSET],
  ["OP",    `${KAFKA_CLIENT}{version,commit_id,start_time_ms,count}`,                "info",    "drop"],
  ["OP",    `${KAFKA_CLIENT}<metric>_total`,                                         "counter", "sum"],
  ["OP",    `${KAFKA_CLIENT}<metric>_rate`,                                          "rate",    "sum"],
  ["OP",    `${KAFKA_CLIENT}<metric>_avg`,                                           "avg",     "avg"],
  ["OP",    `${KAFKA_CLIENT}<metric>_max`,                                           "max",     "max",    UNBOUNDED],
  ["OP",    `${KAFKA_CLIENT}<metric>_min`,                                           "min",     "min"],
  ["OP",    `${KAFKA_CLIENT}<metric>_{ratio,pct}`,                                   "ratio",   "max"],

  // Kinesis, HBase
  ["OP",    "millisBehindLatest",                                                    "max",     "max",    UNSET],
  ["OP",    "{sleepTimeMillis,runLoopTimeNanos,loopFrequencyHz}",                    "avg",     "avg"],
  ["OP",    "{maxNumberOfRecordsPerFetch,bytesRequestedPerFetch}",                   "avg",     "avg"],
  ["OP",    "{numberOfAggregatedRecordsPerFetch,numberOfDeggregatedRecordsPerFetch}", "avg",    "avg"],
  ["OP",    "averageRecordSizeBytes",                                                "avg",     "avg"],
  ["OP",    "CurrentSendTime",                                                       "max",     "max"],
  ["OP",    "lookupCacheHitRate",                                                    "ratio",   "max"],
];

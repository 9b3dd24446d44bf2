/** One alert over an hour of series that are made up, one value a minute, in the notation of `promtool test rules`. */
export interface RuleCase {
  readonly alert: string;
  /** What happens. */
  readonly when: string;
  readonly series: Readonly<Record<string, string>>;
  /** The labels that tell who is meant. Whoever else has series must never fire. */
  readonly by: string;
  /** Those of the one that fires. */
  readonly who: string;
  /** Minutes: nothing fires yet, one fires, nothing fires any more. */
  readonly quiet: number;
  readonly firing: number;
  readonly resolved: number;
}

const JOB = 'job="flink",instance="",job_id="a",job_name="wordcount"';
const OTHER_JOB = 'job="flink",instance="",job_id="b",job_name="healthy"';
const CLUSTER = 'job="flink",cluster="ci",instance=""';
const OTHER_CLUSTER = 'job="flink",cluster="healthy",instance=""';
const TM = `${CLUSTER},host="h1",tm_id="tm1"`;
const OTHER_TM = `${CLUSTER},host="h2",tm_id="tm2"`;
const JM = `${CLUSTER},host="h0"`;
const RELAY = 'job="sluice",instance="relay:9091"';
const OTHER_RELAY = 'job="sluice",instance="healthy:9091"';

const byJob = { by: "job_name", who: '{job_name="wordcount"}' };
const byTm = { by: "tm_id", who: '{tm_id="tm1"}' };
const byRelay = { by: "instance", who: '{instance="relay:9091"}' };
const byUser = { by: "job", who: '{job="flink"}' };

/** A counter of the relay that is not there before there is something to count. */
function firstCount(name: string, labels = ""): Readonly<Record<string, string>> {
  return {
    [`${name}{job="flink"${labels}}`]: "_x20 3x40",
    [`${name}{job="healthy"${labels}}`]: "5x60",
  };
}

const JM_JOB = "flink_jobmanager_job_";
const TASK = "flink_taskmanager_job_task_";
const OPERATOR = `${TASK}operator_`;
const TM_STATUS = "flink_taskmanager_Status_JVM_";
const REGISTERED = "flink_jobmanager_numRegisteredTaskManagers";

export const RULE_CASES: readonly RuleCase[] = [
  {
    alert: "FlinkCheckpointsFail",
    when: "one checkpoint fails",
    series: {
      [`${JM_JOB}numberOfFailedCheckpoints{${JOB}}`]: "2x20 3x40",
      [`${JM_JOB}numberOfFailedCheckpoints{${OTHER_JOB}}`]: "7x60",
    },
    ...byJob,
    quiet: 20,
    firing: 22,
    resolved: 35,
  },
  {
    alert: "FlinkCheckpointsStall",
    when: "checkpoints are begun and none completes",
    series: {
      [`${JM_JOB}totalNumberOfCheckpoints{${JOB}}`]: "0+1x60",
      [`${JM_JOB}numberOfInProgressCheckpoints{${JOB}}`]: "0x60",
      [`${JM_JOB}numberOfCompletedCheckpoints{${JOB}}`]: "0+1x10 10x30 11+1x20",
      [`${JM_JOB}totalNumberOfCheckpoints{${OTHER_JOB}}`]: "0+1x60",
      [`${JM_JOB}numberOfCompletedCheckpoints{${OTHER_JOB}}`]: "0+1x60",
    },
    ...byJob,
    quiet: 24,
    firing: 35,
    resolved: 43,
  },
  {
    alert: "FlinkCheckpointsStall",
    when: "one checkpoint hangs, and a job without checkpoints has none",
    series: {
      [`${JM_JOB}totalNumberOfCheckpoints{${JOB}}`]: "9x60",
      [`${JM_JOB}numberOfInProgressCheckpoints{${JOB}}`]: "0x9 1x30 0x21",
      [`${JM_JOB}numberOfCompletedCheckpoints{${JOB}}`]: "8x40 9x20",
      [`${JM_JOB}totalNumberOfCheckpoints{${OTHER_JOB}}`]: "0x60",
      [`${JM_JOB}numberOfCompletedCheckpoints{${OTHER_JOB}}`]: "0x60",
      [`${JM_JOB}numberOfInProgressCheckpoints{${OTHER_JOB}}`]: "0x60",
    },
    ...byJob,
    quiet: 14,
    firing: 30,
    resolved: 43,
  },
  {
    alert: "FlinkCheckpointsSlow",
    when: "checkpoints take two minutes",
    series: {
      [`${JM_JOB}lastCheckpointDuration{${JOB}}`]: "-1x5 900x14 120000x20 900x20",
      [`${JM_JOB}lastCheckpointDuration{${OTHER_JOB}}`]: "900x20 120000x3 900x40",
    },
    ...byJob,
    quiet: 24,
    firing: 27,
    resolved: 42,
  },
  {
    alert: "FlinkJobGone",
    when: "a job ends, and is submitted again with another id",
    series: {
      [`sluice_flink_job_last_seen_seconds{${RELAY.replace("sluice", "flink")},job_id="a",job_name="wordcount"}`]:
        "0+60x20 1200x40",
      [`sluice_flink_job_last_seen_seconds{${RELAY.replace("sluice", "flink")},job_id="c",job_name="wordcount"}`]:
        "_x39 2400+60x20",
      [`sluice_flink_job_last_seen_seconds{${RELAY.replace("sluice", "flink")},job_id="b",job_name="healthy"}`]:
        "0+60x60",
    },
    ...byJob,
    quiet: 22,
    firing: 25,
    resolved: 41,
  },
  {
    alert: "FlinkJobNotRunning",
    when: "a job finds no slots, and starts later",
    series: {
      [`${JM_JOB}runningTime{${JOB}}`]: "0+60000x19 0x20 0+60000x20",
      [`${JM_JOB}runningTime{${OTHER_JOB}}`]: "0+60000x19 0x3 0+60000x40",
    },
    ...byJob,
    quiet: 24,
    firing: 27,
    resolved: 42,
  },
  {
    alert: "FlinkJobRestarted",
    when: "a job restarts once",
    series: {
      [`${JM_JOB}numRestarts{${JOB}}`]: "0x20 1x40",
      [`${JM_JOB}numRestarts{${OTHER_JOB}}`]: "4x60",
    },
    ...byJob,
    quiet: 20,
    firing: 22,
    resolved: 35,
  },
  {
    alert: "FlinkJobRestartLoop",
    when: "a job restarts once a minute",
    series: {
      [`${JM_JOB}numRestarts{${JOB}}`]: "0x20 1+1x10 11x40",
      [`${JM_JOB}numRestarts{${OTHER_JOB}}`]: "0x20 1x10 2x40",
    },
    ...byJob,
    quiet: 22,
    firing: 30,
    resolved: 47,
  },
  {
    alert: "FlinkJobWithoutData",
    when: "a topic is empty, a job has but one task, and another one has ended",
    series: {
      [`${TASK}numRecordsInPerSecond{${JOB},task_name="map"}`]: "100x20 0x20 100x20",
      [`${TASK}numRecordsInPerSecond{${JOB},task_name="source"}`]: "0x60",
      [`${TASK}numRecordsIn{${JOB},task_name="map"}`]: "0+6000x20 120000x20 120000+6000x20",
      [`${TASK}numRecordsInPerSecond{${OTHER_JOB},task_name="all in one"}`]: "0x60",
      [`${TASK}numRecordsIn{${OTHER_JOB},task_name="all in one"}`]: "0x60",
      [`${TASK}numRecordsIn{job="flink",job_id="z",job_name="ended",task_name="map"}`]: "9x60",
    },
    ...byJob,
    quiet: 29,
    firing: 35,
    resolved: 43,
  },
  {
    alert: "FlinkTaskManagerLost",
    when: "the first process ever is lost",
    series: firstCount("sluice_expired_sources_total"),
    ...byUser,
    quiet: 19,
    firing: 23,
    resolved: 40,
  },
  {
    alert: "FlinkTaskManagerLost",
    when: "another process is lost",
    series: {
      'sluice_expired_sources_total{job="flink"}': "1x20 2x40",
      'sluice_expired_sources_total{job="healthy"}': "5x60",
    },
    ...byUser,
    quiet: 19,
    firing: 23,
    resolved: 40,
  },
  {
    alert: "FlinkTaskManagersMissing",
    when: "one of three is lost, the JobManager moves to another host, and the TaskManager is replaced",
    series: {
      [`${REGISTERED}{${JM}}`]: "3x20 2x5 stale",
      [`${REGISTERED}{${CLUSTER},host="elsewhere"}`]: "_x26 2x4 3x40",
      [`${REGISTERED}{${OTHER_CLUSTER},host="h9"}`]: "2x20 5x40",
    },
    by: "cluster",
    who: '{cluster="ci"}',
    quiet: 20,
    firing: 23,
    resolved: 33,
  },
  {
    alert: "FlinkTaskManagersDoNotPush",
    when: "one of two is cut off from the relay",
    series: {
      [`${REGISTERED}{${JM}}`]: "2x60",
      [`${TM_STATUS}CPU_Time{${TM}}`]: "0+1x20 stale _x19 40+1x20",
      [`${TM_STATUS}CPU_Time{${OTHER_TM}}`]: "0+1x60",
      [`${REGISTERED}{${OTHER_CLUSTER},host="h9"}`]: "1x60",
      [`${TM_STATUS}CPU_Time{${OTHER_CLUSTER},host="h3",tm_id="tm3"}`]: "0+1x60",
    },
    by: "cluster",
    who: '{cluster="ci"}',
    quiet: 24,
    firing: 28,
    resolved: 42,
  },
  {
    alert: "FlinkTaskManagersDoNotPush",
    when: "no TaskManager of a cluster pushes",
    series: {
      [`${REGISTERED}{${JM}}`]: "_x10 2x50",
      [`${TM_STATUS}CPU_Time{${TM}}`]: "_x30 0+1x30",
      [`${TM_STATUS}CPU_Time{${OTHER_TM}}`]: "_x30 0+1x30",
      [`${REGISTERED}{${OTHER_CLUSTER},host="h9"}`]: "0x60",
    },
    by: "cluster",
    who: '{cluster="ci"}',
    quiet: 9,
    firing: 20,
    resolved: 33,
  },
  {
    alert: "FlinkHeapFull",
    when: "a heap stays full, another one is collected now and then",
    series: {
      [`${TM_STATUS}Memory_Heap_Used{${TM}}`]: "40x19 95x20 30x20",
      [`${TM_STATUS}Memory_Heap_Max{${TM}}`]: "100x60",
      [`${TM_STATUS}Memory_Heap_Used{${OTHER_TM}}`]:
        "95x5 40 95x5 40 95x5 40 95x5 40 95x5 40 95x5 40 95x5 40",
      [`${TM_STATUS}Memory_Heap_Max{${OTHER_TM}}`]: "100x60",
    },
    ...byTm,
    quiet: 29,
    firing: 37,
    resolved: 45,
  },
  {
    alert: "FlinkHeapFull",
    when: "the heap of the JobManager stays full, and a JVM has no limit",
    series: {
      [`flink_jobmanager_Status_JVM_Memory_Heap_Used{${JM}}`]: "95x20 30x40",
      [`flink_jobmanager_Status_JVM_Memory_Heap_Max{${JM}}`]: "100x60",
      [`${TM_STATUS}Memory_Heap_Used{${TM}}`]: "95x60",
      [`${TM_STATUS}Memory_Heap_Max{${TM}}`]: "-1x60",
    },
    by: "process, host",
    who: '{process="jobmanager",host="h0"}',
    quiet: 4,
    firing: 15,
    resolved: 25,
  },
  {
    alert: "FlinkGarbageCollection",
    when: "the collector runs half the time",
    series: {
      [`${TM_STATUS}GarbageCollector_All_Time{${TM}}`]: "0+60x20 1200+30000x20 601200+60x20",
      [`${TM_STATUS}GarbageCollector_All_Time{${OTHER_TM}}`]: "0+60x60",
    },
    ...byTm,
    quiet: 29,
    firing: 35,
    resolved: 48,
  },
  {
    alert: "FlinkMetaspaceFull",
    when: "each job leaves classes behind, and the process is replaced",
    series: {
      [`${TM_STATUS}Memory_Metaspace_Used{${TM}}`]: "50+2x22 94x13 stale",
      [`${TM_STATUS}Memory_Metaspace_Max{${TM}}`]: "100x36 stale",
      [`${TM_STATUS}Memory_Metaspace_Used{${OTHER_TM}}`]: "50x60",
      [`${TM_STATUS}Memory_Metaspace_Max{${OTHER_TM}}`]: "100x60",
    },
    ...byTm,
    quiet: 29,
    firing: 34,
    resolved: 40,
  },
  {
    alert: "FlinkBackPressure",
    when: "a subtask waits most of its time",
    series: {
      [`${TASK}backPressuredTimeMsPerSecond{${JOB},task_name="map"}`]: "20x20 800x20 20x20",
      [`${TASK}backPressuredTimeMsPerSecond{${OTHER_JOB},task_name="map"}`]: "20x20 800x5 20x35",
    },
    ...byJob,
    quiet: 29,
    firing: 35,
    resolved: 42,
  },
  {
    alert: "FlinkSourceLag",
    when: "a source stands still, and is quick later; another one has as much waiting and reads it fast",
    series: {
      [`${OPERATOR}pendingRecords{${JOB},operator_name="source"}`]: "100x20 50000x25 10x20",
      [`${OPERATOR}numRecordsIn{${JOB},operator_name="source"}`]: "0+600x20 12000x25 12000+60000x20",
      [`${OPERATOR}pendingRecords{${OTHER_JOB},operator_name="source"}`]: "50000x60",
      [`${OPERATOR}numRecordsIn{${OTHER_JOB},operator_name="source"}`]: "0+60000x60",
      [`${OPERATOR}pendingRecords{job="flink",job_id="i",job_name="idle",operator_name="source"}`]: "0x60",
      [`${OPERATOR}numRecordsIn{job="flink",job_id="i",job_name="idle",operator_name="source"}`]: "0x60",
    },
    ...byJob,
    quiet: 29,
    firing: 40,
    resolved: 48,
  },
  {
    alert: "FlinkEventTimeLag",
    when: "events are ten minutes old",
    series: {
      [`${OPERATOR}currentEmitEventTimeLag{${JOB},operator_name="source"}`]: "-1x20 600000x20 900x20",
      [`${OPERATOR}currentEmitEventTimeLag{${OTHER_JOB},operator_name="source"}`]: "900x60",
    },
    ...byJob,
    quiet: 29,
    firing: 35,
    resolved: 42,
  },
  {
    alert: "SluiceDown",
    when: "a relay does not answer",
    series: { [`up{${RELAY}}`]: "1x20 0x10 1x30", [`up{${OTHER_RELAY}}`]: "1x60" },
    ...byRelay,
    quiet: 20,
    firing: 23,
    resolved: 33,
  },
  {
    alert: "SluiceDown",
    when: "nothing scrapes a relay",
    series: { 'up{job="other"}': "1x60", [`up{${RELAY}}`]: "_x10 1x10 stale _x10 1x30" },
    by: "job",
    who: '{job="sluice"}',
    quiet: 15,
    firing: 25,
    resolved: 35,
  },
  {
    alert: "SluiceNotReady",
    when: "the disk is full for a while",
    series: { [`sluice_ready{${RELAY}}`]: "1x20 0x10 1x30", [`sluice_ready{${OTHER_RELAY}}`]: "1x60" },
    ...byRelay,
    quiet: 20,
    firing: 23,
    resolved: 33,
  },
  {
    alert: "SluiceNoPushes",
    when: "pushes come no more, and come again",
    series: {
      [`sluice_http_requests_total{${RELAY},handler="push",method="PUT",code="200"}`]:
        "0+60x20 1200x20 1260+60x20",
      [`sluice_http_requests_total{${RELAY},handler="push",method="PUT",code="503"}`]: "4x60",
      [`sluice_http_requests_total{${RELAY},handler="scrape",method="GET",code="200"}`]: "0+4x60",
      [`sluice_http_requests_total{${OTHER_RELAY},handler="push",method="PUT",code="200"}`]: "0+60x60",
    },
    ...byRelay,
    quiet: 28,
    firing: 35,
    resolved: 44,
  },
  {
    alert: "SluiceThreadDied",
    when: "a thread dies",
    series: {
      [`sluice_thread_restarts_total{${RELAY}}`]: "0x20 1x40",
      [`sluice_thread_restarts_total{${OTHER_RELAY}}`]: "2x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 23,
    resolved: 40,
  },
  {
    alert: "SluiceReloadFailed",
    when: "somebody mistypes the configuration and corrects it",
    series: {
      [`sluice_config_last_reload_successful{${RELAY}}`]: "1x20 0x10 1x30",
      [`sluice_web_config_last_reload_successful{${RELAY}}`]: "1x60",
      [`sluice_config_last_reload_successful{${OTHER_RELAY}}`]: "1x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 23,
    resolved: 33,
  },
  {
    alert: "SluiceReloadFailed",
    when: "the web configuration is mistyped",
    series: {
      [`sluice_web_config_last_reload_successful{${RELAY}}`]: "1x20 0x10 1x30",
      [`sluice_web_config_last_reload_successful{${OTHER_RELAY}}`]: "1x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 23,
    resolved: 33,
  },
  {
    alert: "SluiceDiskNearlyFull",
    when: "the disk fills, and is made larger",
    series: {
      [`sluice_storage_free_bytes{${RELAY}}`]: "9e9x19 5e8x10 9e9x30",
      [`sluice_storage_free_bytes{${OTHER_RELAY}}`]: "20e9x60",
    },
    ...byRelay,
    quiet: 24,
    firing: 27,
    resolved: 32,
  },
  {
    alert: "SluiceStoreFails",
    when: "the disk takes nothing for a while",
    series: {
      [`sluice_storage_commit_failures_total{${RELAY}}`]: "0x20 1+5x5 26x40",
      [`sluice_storage_commit_failures_total{${OTHER_RELAY}}`]: "3x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 25,
    resolved: 40,
  },
  {
    alert: "SluiceStoreSlow",
    when: "commits take two seconds",
    series: {
      [`sluice_storage_commit_duration_seconds_bucket{${RELAY},le="0.5"}`]: "0+100x20 2000x20 2000+100x20",
      [`sluice_storage_commit_duration_seconds_bucket{${RELAY},le="2.5"}`]: "0+100x60",
      [`sluice_storage_commit_duration_seconds_bucket{${RELAY},le="+Inf"}`]: "0+100x60",
      [`sluice_storage_commit_duration_seconds_bucket{${OTHER_RELAY},le="0.5"}`]: "0+100x60",
      [`sluice_storage_commit_duration_seconds_bucket{${OTHER_RELAY},le="+Inf"}`]: "0+100x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 35,
    resolved: 50,
  },
  {
    alert: "SluiceTeeFails",
    when: "the gateway beside a relay is down for a while",
    series: {
      [`sluice_tee_copies_total{${RELAY},outcome="sent"}`]: "0+60x60",
      [`sluice_tee_copies_total{${RELAY},outcome="failed"}`]: "0x20 1+60x5 301x40",
      [`sluice_tee_copies_total{${OTHER_RELAY},outcome="sent"}`]: "0+60x60",
      [`sluice_tee_copies_total{${OTHER_RELAY},outcome="superseded"}`]: "0+1x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 25,
    resolved: 40,
  },
  {
    alert: "SluiceForwardFails",
    when: "the relay in the centre is out",
    series: {
      [`sluice_forward_failures_total{${RELAY}}`]: "0x20 1+1x10 11x30",
      [`sluice_forward_failures_total{${OTHER_RELAY}}`]: "0x20 1x40",
    },
    ...byRelay,
    quiet: 20,
    firing: 28,
    resolved: 45,
  },
  {
    alert: "SluiceForwardFails",
    when: "the relay in the centre refuses a job",
    series: {
      [`sluice_forward_groups_total{${RELAY},outcome="sent"}`]: "0+60x60",
      [`sluice_forward_groups_total{${RELAY},outcome="refused"}`]: "0x20 6+6x5 36x40",
      [`sluice_forward_groups_total{${OTHER_RELAY},outcome="sent"}`]: "0+60x60",
      [`sluice_forward_groups_total{${OTHER_RELAY},outcome="refused"}`]: "0x60",
    },
    ...byRelay,
    quiet: 20,
    firing: 25,
    resolved: 40,
  },
  {
    alert: "SluicePushesSlow",
    when: "pushes take ten seconds",
    series: {
      [`sluice_push_duration_seconds_bucket{${RELAY},le="1"}`]: "0+100x20 2000x20 2000+100x20",
      [`sluice_push_duration_seconds_bucket{${RELAY},le="5"}`]: "0+100x20 2000x20 2000+100x20",
      [`sluice_push_duration_seconds_bucket{${RELAY},le="10"}`]: "0+100x60",
      [`sluice_push_duration_seconds_bucket{${RELAY},le="+Inf"}`]: "0+100x60",
    },
    by: "job",
    who: '{job="sluice"}',
    quiet: 20,
    firing: 32,
    resolved: 50,
  },
  {
    alert: "SluiceScrapesSlow",
    when: "scrapes of one view take ten seconds",
    series: {
      [`sluice_scrape_duration_seconds_bucket{${RELAY},view="merged",le="5"}`]: "0+4x10 40x15 40+4x35",
      [`sluice_scrape_duration_seconds_bucket{${RELAY},view="merged",le="10"}`]: "0+4x60",
      [`sluice_scrape_duration_seconds_bucket{${RELAY},view="merged",le="+Inf"}`]: "0+4x60",
      [`sluice_scrape_duration_seconds_bucket{${RELAY},view="raw",le="5"}`]: "0+4x60",
      [`sluice_scrape_duration_seconds_bucket{${RELAY},view="raw",le="+Inf"}`]: "0+4x60",
    },
    by: "view",
    who: '{view="merged"}',
    quiet: 10,
    firing: 25,
    resolved: 55,
  },
  {
    alert: "SluicePushesRefused",
    when: "a job is refused for the first time",
    series: firstCount("sluice_refused_pushes_total", ',reason="too_large"'),
    ...byUser,
    quiet: 19,
    firing: 23,
    resolved: 35,
  },
  {
    alert: "SluicePushesRefused",
    when: "a job is refused again",
    series: {
      'sluice_refused_pushes_total{job="flink",reason="too_large"}': "1x20 2+1x10 12x30",
      'sluice_refused_pushes_total{job="healthy",reason="too_large"}': "5x60",
    },
    ...byUser,
    quiet: 19,
    firing: 25,
    resolved: 45,
  },
  {
    alert: "SluiceIncreaseUncounted",
    when: "counts of one job are missing, and another one is new",
    series: {
      ...firstCount("sluice_uncounted_increase_total", ',family="f",reason="unconfirmed"'),
      'sluice_uncounted_increase_total{job="new",family="f",reason="baseline"}': "_x20 100+10x40",
    },
    ...byUser,
    quiet: 19,
    firing: 23,
    resolved: 40,
  },
  {
    alert: "SluiceCollision",
    when: "two processes write the same counters, until one is stopped",
    series: {
      'sluice_collisions_total{job="flink"}': "_x20 1x40",
      'sluice_frozen_sources{job="flink"}': "_x20 1x25 stale",
      'sluice_collisions_total{job="healthy"}': "5x60",
    },
    ...byUser,
    quiet: 19,
    firing: 44,
    resolved: 50,
  },
  {
    alert: "SluiceConflict",
    when: "two processes write one series",
    series: firstCount("sluice_conflicts_total"),
    ...byUser,
    quiet: 19,
    firing: 23,
    resolved: 40,
  },
  {
    alert: "SluiceSeriesLeftOut",
    when: "a type stands against what others push",
    series: firstCount("sluice_left_out_series_total", ',family="f",reason="type_conflict"'),
    ...byUser,
    quiet: 19,
    firing: 23,
    resolved: 40,
  },
];

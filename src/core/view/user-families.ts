import type { FamilyType } from "../exposition/parsed-body.ts";
import type { TallyName } from "../partition/tally.ts";

/** Families of the relay's own whose label values come from users. */
export type UserFamily =
  | TallyName
  | "sluice_frozen_sources"
  | "sluice_held_bytes"
  | "sluice_layout_hits_total"
  | "sluice_layout_misses_total"
  | "sluice_no_counter"
  | "sluice_refused_pushes_total"
  | "sluice_sources"
  | "sluice_series"
  | "sluice_source_last_push_timestamp_seconds"
  | "sluice_oldest_push_timestamp_seconds"
  | "sluice_flink_job_last_seen_seconds";

interface About {
  readonly type: FamilyType;
  readonly labels: readonly string[];
  /** What it is, and what to do about it. */
  readonly help: string;
}

export const userFamilies: { readonly [N in UserFamily]: About } = {
  sluice_collisions_total: {
    type: "counter",
    labels: ["job"],
    help: "Times that two processes were seen to write the same counters of one group, which nothing tells apart. Give each a group of its own: a random suffix of the job, or a label in the grouping key.",
  },
  sluice_conflicts_total: {
    type: "counter",
    labels: ["job"],
    help: "Series of the merged view that two sources wrote at once where one should, counted when a new body shows it: the newest push is shown. Give the processes a label that tells them apart, or write a rule that merges them.",
  },
  sluice_expired_sources_total: {
    type: "counter",
    labels: ["job"],
    help: "Sources that fell silent without a DELETE: TaskManagers that were killed or cannot reach the relay. Where they were neither, --staleness is too short.",
  },
  sluice_flink_job_last_seen_seconds: {
    type: "gauge",
    labels: ["job", "job_id", "job_name"],
    help: "Unix time of the last push that told of the Flink job. A job that ends or fails stops being told of: alert on its age.",
  },
  sluice_frozen_sources: {
    type: "gauge",
    labels: ["job"],
    help: "Sources whose counters add nothing, because two processes write them that nothing tells apart. Counting goes on ten pushes after one of them has gone.",
  },
  sluice_histogram_layout_conflicts_total: {
    type: "counter",
    labels: ["family", "job"],
    help: "Histograms that lack a boundary of the series they were to be added to: they are shown beside it with the label le_layout. Give all sources the same buckets; the first one that pushes decides.",
  },
  sluice_left_out_series_total: {
    type: "counter",
    labels: ["family", "job", "reason"],
    help: "Pushed series that no view shows, by the reason: a type that stands against what others push, a series twice in one body, a counter that is negative or infinite or a histogram whose buckets contradict its count, a histogram without a count, two rules that make one series in two ways. Correct who pushes them; GET /api/v1/explain shows what is left.",
  },
  sluice_no_counter: {
    type: "gauge",
    labels: ["family", "job"],
    help: "1 for each family that was taken for a counter and has gone down three times while its like went up. It is shown as a gauge; use a gauge in the program, or correct the rule.",
  },
  sluice_oldest_push_timestamp_seconds: {
    type: "gauge",
    labels: ["job"],
    help: "Unix time of the last push of that live source of the job which has been silent for longest. Its age should stay below two intervals of the reporter.",
  },
  sluice_replayed_pushes_total: {
    type: "counter",
    labels: ["job"],
    help: "Bodies that a source had pushed before, one of its last eight. They add nothing to counters. Many of them come from a proxy or a client that sends again.",
  },
  sluice_series: {
    type: "gauge",
    labels: ["job"],
    help: "Pushed series that are held. What grows without end has a label whose values never repeat.",
  },
  sluice_sources: {
    type: "gauge",
    labels: ["job", "state"],
    help: "Sources by state: live ones push, lost ones are remembered for what they counted, kept ones never expire. Compare the live ones with the processes that should push.",
  },
  sluice_unmerged_series_total: {
    type: "counter",
    labels: ["family", "job", "reason"],
    help: "Pushed series that a rule was to merge and could not, so that they are shown as pushed. The reason says what to change in --config.file.",
  },
  sluice_uncounted_increase_total: {
    type: "counter",
    labels: ["family", "job", "reason"],
    help: "Counts that no merged counter shows, by the reason. baseline: what a counter had counted before the relay first saw it; unconfirmed: what a process had counted that pushed once and began again; collision: what two processes counted that nothing tells apart; contradiction: by what a histogram has risen whose buckets have not. sluice explain tells for each series. The truth is what is shown and this.",
  },
  sluice_evicted_sources_total: {
    type: "counter",
    labels: ["job"],
    help: "Processes that had departed and were forgotten before their day was over, because there were more than --limit.sources. If one comes back, what it has counted before is a baseline.",
  },
  sluice_evicted_tombstones_total: {
    type: "counter",
    labels: ["job"],
    help: "Series that are no longer pushed and were forgotten for others. If one comes back, it is a baseline, and for an hour so is everything new of its source: raise --limit.tombstones.",
  },
  sluice_forgotten_outputs_total: {
    type: "counter",
    labels: ["job"],
    help: "Counters of the merged view that nothing had fed for a day. If one comes back, it begins anew at zero; nothing is to be done.",
  },
  sluice_held_bytes: {
    type: "gauge",
    labels: ["job"],
    help: "About how much memory the pushes of a job take, without what all share. It tells which job to make smaller when memory runs short.",
  },
  sluice_layout_hits_total: {
    type: "counter",
    labels: [],
    help: "Pushes whose text between the values was known, so that only values were read: nearly all should be.",
  },
  sluice_layout_misses_total: {
    type: "counter",
    labels: [],
    help: "Pushes that were parsed whole, because they held other series than before. If many are, series of some process come and go with each push, and pushes cost ten times as much.",
  },
  sluice_refused_pushes_total: {
    type: "counter",
    labels: ["job", "reason"],
    help: "Pushes that were not taken, by the reason; an empty job stands for paths that are no grouping key, and for all jobs past the thousandth. /api/v1/status and sluice explain tell the last error that was sent.",
  },
  sluice_source_last_push_timestamp_seconds: {
    type: "gauge",
    labels: ["job", "process", "source"],
    help: "Unix time of the last push of each live source. Not shown where there are more than 1,000, unless --telemetry.sources is set.",
  },
};

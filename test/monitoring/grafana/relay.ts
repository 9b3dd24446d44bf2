import type { Dashboard, Panel } from "./dashboard.ts";

const RELAY = '{instance=~"$relay"}';
const SOMETHING_WRONG = "something to tell";

function quantiles(histogram: string): string[] {
  return ["0.5", "0.99"].map(
    (quantile) =>
      `histogram_quantile(${quantile}, sum by (le) (rate(${histogram}_bucket${RELAY}[$__rate_interval])))`,
  );
}

/** What the relay tells of those who push: there is nothing as long as there is nothing wrong. */
function trouble(title: string, counter: string, by: string, about: string): Panel {
  return {
    title,
    about,
    needs: SOMETHING_WRONG,
    queries: [
      [
        `sum by (${by}) (increase(${counter}[$__rate_interval]))`,
        by
          .split(", ")
          .map((label) => `{{${label}}}`)
          .join(" "),
      ],
    ],
  };
}

const [medianPush = "", slowPush = ""] = quantiles("sluice_push_duration_seconds");
const [medianScrape = "", slowScrape = ""] = quantiles("sluice_scrape_duration_seconds");
const [medianCommit = "", slowCommit = ""] = quantiles("sluice_storage_commit_duration_seconds");
const [medianSize = "", largeSize = ""] = quantiles("sluice_push_size_bytes");

export const relayDashboard: Dashboard = {
  uid: "sluice-relay",
  title: "Sluice: the relay",
  description: "What the relay tells about itself, and about those who push.",
  variables: [{ name: "relay", label: "Relay", query: "label_values(sluice_build_info, instance)" }],
  rows: [
    {
      title: "Now",
      panels: [
        { title: "Ready", isStat: true, queries: [[`min(sluice_ready${RELAY})`, ""]] },
        { title: "Sources that push", isStat: true, queries: [['sum(sluice_sources{state="live"})', ""]] },
        {
          title: "Sources lost within a day",
          isStat: true,
          queries: [['sum(sluice_sources{state="lost"}) or vector(0)', ""]],
        },
        { title: "Series held", isStat: true, queries: [["sum(sluice_series)", ""]] },
        {
          title: "Memory",
          isStat: true,
          unit: "bytes",
          queries: [[`sum(process_resident_memory_bytes${RELAY})`, ""]],
        },
        {
          title: "Version",
          isStat: true,
          queries: [[`count by (version) (sluice_build_info${RELAY})`, "{{version}}"]],
        },
      ],
    },
    {
      title: "Pushes and scrapes",
      panels: [
        {
          title: "Requests a second",
          unit: "reqps",
          queries: [
            [
              `sum by (handler, code) (rate(sluice_http_requests_total${RELAY}[$__rate_interval]))`,
              "{{handler}} {{code}}",
            ],
          ],
        },
        {
          title: "Duration of pushes",
          unit: "s",
          about: "Flink gives up after ten seconds.",
          queries: [
            [medianPush, "half"],
            [slowPush, "99 %"],
          ],
          bad: 5,
        },
        {
          title: "Size of pushes",
          unit: "bytes",
          queries: [
            [medianSize, "half"],
            [largeSize, "99 %"],
          ],
        },
        {
          title: "Duration of scrapes",
          unit: "s",
          queries: [
            [medianScrape, "half"],
            [slowScrape, "99 %"],
          ],
        },
        {
          title: "Size of scrapes",
          unit: "bytes",
          about: "Before they are compressed.",
          queries: [
            [
              `sum by (view) (rate(sluice_scrape_size_bytes_sum${RELAY}[$__rate_interval])) / sum by (view) (rate(sluice_scrape_size_bytes_count${RELAY}[$__rate_interval]))`,
              "{{view}}",
            ],
          ],
        },
        {
          title: "Pushes whose layout was known",
          unit: "percentunit",
          max: 1,
          about: "Others cost ten times as much. Nearly all should be.",
          queries: [
            [
              "sum(rate(sluice_layout_hits_total[$__rate_interval])) / (sum(rate(sluice_layout_hits_total[$__rate_interval])) + sum(rate(sluice_layout_misses_total[$__rate_interval])))",
              "known",
            ],
          ],
        },
        {
          title: "Copies for --tee.url",
          needs: "--tee.url",
          queries: [
            [`sum by (outcome) (rate(sluice_tee_copies_total${RELAY}[$__rate_interval]))`, "{{outcome}}"],
          ],
        },
        {
          title: "Age of the last forward",
          unit: "s",
          needs: "--forward.url",
          queries: [[`time() - (sluice_forward_last_success_timestamp_seconds${RELAY} > 0)`, "{{instance}}"]],
        },
      ],
    },
    {
      title: "Those who push",
      panels: [
        { title: "Sources", queries: [["sum by (job, state) (sluice_sources)", "{{job}} {{state}}"]] },
        { title: "Series", queries: [["sum by (job) (sluice_series)", "{{job}}"]] },
        { title: "Memory", unit: "bytes", queries: [["sum by (job) (sluice_held_bytes)", "{{job}}"]] },
        {
          title: "Longest silent source that is live",
          unit: "s",
          queries: [["time() - min by (job) (sluice_oldest_push_timestamp_seconds)", "{{job}}"]],
        },
        trouble("Sources that fell silent", "sluice_expired_sources_total", "job", "Without a DELETE."),
        trouble(
          "Pushes refused",
          "sluice_refused_pushes_total",
          "job, reason",
          "The log of the client has the error.",
        ),
      ],
    },
    {
      title: "What the merged view does not show",
      panels: [
        trouble(
          "Increases not counted",
          "sluice_uncounted_increase_total",
          "job, reason",
          "baseline: what counters had counted before the relay first saw them.",
        ),
        trouble("Collisions", "sluice_collisions_total", "job", "Two processes write the same counters."),
        trouble(
          "Conflicts",
          "sluice_conflicts_total",
          "job",
          "Two processes write a series that should have one writer.",
        ),
        trouble("Series left out", "sluice_left_out_series_total", "job, reason", "They are on no view."),
        trouble(
          "Series forgotten for others",
          "sluice_evicted_tombstones_total",
          "job",
          "Raise --limit.tombstones.",
        ),
        trouble("Pushes that came twice", "sluice_replayed_pushes_total", "job", "They add nothing."),
      ],
    },
    {
      title: "Storage",
      panels: [
        {
          title: "Duration of commits",
          unit: "s",
          about: "Pushes are answered behind them.",
          needs: "storage",
          queries: [
            [slowCommit, "99 %"],
            [medianCommit, "half"],
          ],
        },
        {
          title: "On the disk",
          unit: "bytes",
          needs: "storage",
          queries: [
            [`sluice_storage_database_bytes${RELAY}`, "{{instance}}"],
            [`sluice_storage_wal_bytes${RELAY}`, "{{instance}}: log"],
            [`sluice_storage_free_bytes${RELAY}`, "{{instance}}: room"],
          ],
        },
        {
          title: "Commits that failed",
          needs: "storage",
          queries: [
            [`increase(sluice_storage_commit_failures_total${RELAY}[$__rate_interval])`, "{{instance}}"],
          ],
          bad: 1,
        },
      ],
    },
    {
      title: "The process",
      panels: [
        {
          title: "Processors in use",
          queries: [[`rate(process_cpu_seconds_total${RELAY}[$__rate_interval])`, "{{instance}}"]],
        },
        {
          title: "Memory",
          unit: "bytes",
          queries: [
            [`process_resident_memory_bytes${RELAY}`, "{{instance}}"],
            [`sluice_inflight_body_bytes${RELAY}`, "{{instance}}: bodies under way"],
          ],
        },
        {
          title: "Delay of the event loop, 99 %",
          unit: "s",
          queries: [[`nodejs_eventloop_lag_p99_seconds${RELAY}`, "{{instance}}"]],
        },
      ],
    },
  ],
};

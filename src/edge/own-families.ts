import type { RefusedJob } from "../core/coordinator/refusals.ts";
import { renderLabels } from "../core/exposition/escape.ts";
import { formatNumber } from "../core/exposition/format-number.ts";
import type { FamilyType } from "../core/exposition/parsed-body.ts";
import type { LayoutFamily } from "../core/partition/layout.ts";
import type { FamilyText } from "../core/view/own-families.ts";
import type { PartitionStatus } from "../core/view/part.ts";
import { renderUserFamilies } from "../core/view/render-user-families.ts";
import { userFamilies } from "../core/view/user-families.ts";
import type { ForwardStatus } from "../platform/forward/forward-families.ts";
import { forwardFamilies, renderForwardFamilies } from "../platform/forward/forward-families.ts";
import type { Observations } from "../platform/own-histogram.ts";
import { histogramLines } from "../platform/own-histogram.ts";
import type { ScrapeCount } from "./scrape-counts.ts";
import { SCRAPE_BYTES, SCRAPE_SECONDS } from "./scrape-counts.ts";
import { version } from "./version.ts";

/** What the object of a partition has counted since it was loaded. */
export interface PartitionFacts {
  readonly pushes: number;
  /** Of their bodies, decompressed. */
  readonly pushBytes: number;
  /** About how much memory it takes. */
  readonly footprint: number;
}

/** What a site tells of itself when a scrape asks. */
interface SiteFacts {
  readonly statuses: readonly PartitionStatus[];
  readonly facts: ReadonlyMap<number, PartitionFacts>;
  readonly refused: readonly RefusedJob[];
  readonly scrapes: readonly ScrapeCount[];
  /** Undefined where nothing is forwarded. */
  readonly forwarded: ForwardStatus | undefined;
  /** Of more live sources none is shown by itself. */
  readonly mostSources: number;
}

type SiteFamily =
  | "sluice_build_info"
  | "sluice_partition_groups"
  | "sluice_partition_memory_bytes"
  | "sluice_partition_push_bytes_total"
  | "sluice_partition_pushes_total"
  | "sluice_partition_series"
  | "sluice_scrape_duration_seconds"
  | "sluice_scrape_failures_total"
  | "sluice_scrape_size_bytes";

const siteFamilies: { readonly [N in SiteFamily]: { readonly type: FamilyType; readonly help: string } } = {
  sluice_build_info: {
    type: "gauge",
    help: "The version of the relay and the platform it runs on.",
  },
  sluice_partition_groups: {
    type: "gauge",
    help: "Groups that a partition holds.",
  },
  sluice_partition_memory_bytes: {
    type: "gauge",
    help: "About how much memory a partition takes. Those that the platform has put into one isolate share its 128 MB, and SLUICE_LIMIT_HELD_BYTES bounds what they hold together: beyond it, pushes with new series get 503.",
  },
  sluice_partition_push_bytes_total: {
    type: "counter",
    help: "Bodies that a partition has taken since it was last loaded, decompressed.",
  },
  sluice_partition_pushes_total: {
    type: "counter",
    help: "Pushes that a partition has taken since it was last loaded. One whose rate is far above the others' has a job whose groups are few and large: rename some.",
  },
  sluice_partition_series: {
    type: "gauge",
    help: "Pushed series that a partition holds; SLUICE_LIMIT_SERIES bounds them.",
  },
  sluice_scrape_duration_seconds: {
    type: "histogram",
    help: "From the request of a scrape until its last piece was taken, since the registry was last loaded: as the platform's clock tells, which stands still where nothing is waited for. It must stay below the scrape_timeout.",
  },
  sluice_scrape_failures_total: {
    type: "counter",
    help: "Scrapes that were answered 503 because a partition did not answer or the view was too large, and those that broke off, since the registry was last loaded. The answer says which.",
  },
  sluice_scrape_size_bytes: {
    type: "histogram",
    help: "The text of scrapes before it is compressed. It must stay below the body_size_limit of the scrape.",
  },
};

/** What a process counts of itself an isolate cannot: the platform's own pages have that. */
export const ownFamilies: readonly LayoutFamily[] = [
  ...Object.entries(siteFamilies),
  ...Object.entries(userFamilies),
]
  .map(([name, { type, help }]): LayoutFamily => ({ name, type, help }))
  .concat(forwardFamilies);

export function renderOwnFamilies({
  statuses,
  facts,
  refused,
  scrapes,
  forwarded,
  mostSources,
}: SiteFacts): FamilyText[] {
  const byPartition = (valueOf: (status: PartitionStatus, facts: PartitionFacts) => number): Row[] =>
    statuses.flatMap((status) => {
      const of = facts.get(status.partition);
      return of === undefined ? [] : [[["partition", String(status.partition)], valueOf(status, of)]];
    });
  return [
    family("sluice_build_info", [[["platform", "workerd", "version", version], 1]]),
    family(
      "sluice_partition_groups",
      byPartition(({ groups }) => groups),
    ),
    family(
      "sluice_partition_memory_bytes",
      byPartition((_status, { footprint }) => footprint),
    ),
    family(
      "sluice_partition_push_bytes_total",
      byPartition((_status, { pushBytes }) => pushBytes),
    ),
    family(
      "sluice_partition_pushes_total",
      byPartition((_status, { pushes }) => pushes),
    ),
    family("sluice_partition_series", byPartition(seriesIn)),
    // Before the first there are none.
    ...scrapeFamilies(scrapes).filter(({ text }) => text !== ""),
    ...renderUserFamilies({ statuses, refused, mostSources }),
    ...(forwarded === undefined ? [] : renderForwardFamilies(forwarded)),
  ];
}

/** Labels, and the value of the sample that has them. */
type Row = readonly [labels: readonly string[], value: number];

function scrapeFamilies(scrapes: readonly ScrapeCount[]): FamilyText[] {
  const histogram = (
    name: SiteFamily,
    bounds: readonly number[],
    of: (count: ScrapeCount) => Observations,
  ): FamilyText =>
    familyOf(
      name,
      scrapes.flatMap((count) => histogramLines(name, ["view", count.view], bounds, of(count))),
    );
  return [
    histogram("sluice_scrape_duration_seconds", SCRAPE_SECONDS, ({ seconds }) => seconds),
    family(
      "sluice_scrape_failures_total",
      scrapes.map(({ view, failed }) => [["view", view], failed]),
    ),
    histogram("sluice_scrape_size_bytes", SCRAPE_BYTES, ({ bytes }) => bytes),
  ];
}

function family(name: SiteFamily, rows: readonly Row[]): FamilyText {
  return familyOf(
    name,
    rows.map(([labels, value]) => `${name}${renderLabels(labels)} ${formatNumber(value)}\n`),
  );
}

function familyOf(name: SiteFamily, lines: readonly string[]): FamilyText {
  const { type, help } = siteFamilies[name];
  return { name, header: `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`, text: lines.join("") };
}

function seriesIn({ held }: PartitionStatus): number {
  return held.reduce((sum, { series }) => sum + series, 0);
}

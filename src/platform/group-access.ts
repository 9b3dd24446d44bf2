import type { GroupingKey } from "../core/grouping-key.ts";
import { groupingKey } from "../core/grouping-key.ts";
import { compileSelector } from "../core/selector/compile-selector.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { GroupAnswer } from "../http/relay.ts";
import { parseSelectors } from "./promql/parse-selectors.ts";
import { compileRegex } from "./promql/regex.ts";

/** Texts are made by the shards that take pushes: so many series at a time hold no push up for long. */
const SERIES_AT_A_TIME = 5_000;

/** How the shards of a relay are asked and told. */
export interface GroupAccessDeps {
  /** The groups of all shards. */
  all(this: void): Promise<readonly GroupSummary[]>;
  /** Those of groups of one shard that are still there, joined by commas. */
  texts(this: void, groups: readonly GroupSummary[]): Promise<Uint8Array<ArrayBuffer>>;
  /** By partition. */
  shardOf(this: void, partition: number): unknown;
  /** All of one partition. */
  delete(this: void, partition: number, keys: readonly GroupingKey[]): Promise<unknown>;
  /** Tells every shard; no view shows half of it. */
  wipe(this: void): Promise<unknown>;
}

/** What the HTTP API asks about groups, and does to them. */
export interface GroupAccess {
  groups(selectors: readonly string[]): Promise<GroupAnswer>;
  groupTexts(groups: readonly GroupSummary[]): AsyncIterable<Uint8Array<ArrayBuffer>>;
  deleteGroups(groups: readonly GroupSummary[]): Promise<void>;
  wipe(): Promise<void>;
}

export function createGroupAccess(deps: GroupAccessDeps): GroupAccess {
  return {
    async groups(selectors) {
      const parsed = parseSelectors(selectors);
      if (!parsed.ok) return parsed;
      const tests = parsed.selectors.map((selector) => compileSelector(selector, compileRegex));
      const all = await deps.all();
      const isSelected = ({ labels }: GroupSummary): boolean =>
        tests.length === 0 || tests.some((test) => test(labels));
      const groups = all.filter(isSelected).toSorted((a, b) => (a.canonicalKey < b.canonicalKey ? -1 : 1));
      return { ok: true, groups };
    },
    async *groupTexts(groups) {
      for (const some of portionsOf(groups)) {
        const texts = await deps.texts(some);
        if (texts.length > 0) yield texts;
      }
    },
    async deleteGroups(groups) {
      const byPartition = Map.groupBy(groups, ({ partition }) => partition);
      await Promise.all(
        Array.from(byPartition, ([partition, some]) =>
          deps.delete(
            partition,
            some.map(({ labels }) => groupingKey(pairsOf(labels))),
          ),
        ),
      );
    },
    async wipe() {
      await deps.wipe();
    },
  };

  /** Neighbours of one shard, up to a bound. */
  function* portionsOf(groups: readonly GroupSummary[]): Iterable<readonly GroupSummary[]> {
    let some: GroupSummary[] = [];
    let series = 0;
    for (const group of groups) {
      const [first] = some;
      const isElsewhere =
        first !== undefined && deps.shardOf(first.partition) !== deps.shardOf(group.partition);
      if (first !== undefined && (isElsewhere || series + group.series > SERIES_AT_A_TIME)) {
        yield some;
        some = [];
        series = 0;
      }
      some.push(group);
      series += group.series;
    }
    if (some.length > 0) yield some;
  }
}

function pairsOf(labels: readonly string[]): Map<string, string> {
  return new Map(
    Array.from({ length: labels.length / 2 }, (_, i) => [labels[2 * i] ?? "", labels[2 * i + 1] ?? ""]),
  );
}

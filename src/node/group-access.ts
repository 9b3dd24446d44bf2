import { groupingKey } from "../core/grouping-key.ts";
import { compileSelector } from "../core/selector/compile-selector.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { GroupAnswer } from "../http/relay.ts";
import { parseSelectors } from "../platform/promql/parse-selectors.ts";
import { compileRegex } from "../platform/promql/regex.ts";
import type { ShardThread } from "./shard-thread.ts";

/** Texts are made in the threads that take pushes: so many series at a time hold no push up for long. */
const SERIES_AT_A_TIME = 5_000;

export interface GroupAccessDeps {
  readonly threads: readonly ShardThread[];
  threadOf(this: void, partition: number): ShardThread;
  /** Tells every thread something; no view shows half of it. */
  change(this: void, tell: (thread: ShardThread) => Promise<unknown>): Promise<unknown>;
  now(this: void): { observedMs: number; wallMs: number };
}

/** What the HTTP API asks about groups, and does to them. */
export interface GroupAccess {
  groups(selectors: readonly string[]): Promise<GroupAnswer>;
  groupTexts(groups: readonly GroupSummary[]): AsyncIterable<Uint8Array>;
  deleteGroups(groups: readonly GroupSummary[]): Promise<void>;
  wipe(): Promise<void>;
}

export function createGroupAccess({ threads, threadOf, change, now }: GroupAccessDeps): GroupAccess {
  return {
    async groups(selectors) {
      const parsed = parseSelectors(selectors);
      if (!parsed.ok) return parsed;
      const tests = parsed.selectors.map((selector) => compileSelector(selector, compileRegex));
      const { observedMs } = now();
      const all = await Promise.all(
        threads.map((thread) => thread.ask<GroupSummary[]>({ kind: "groups", observedMs })),
      );
      const isSelected = ({ labels }: GroupSummary): boolean =>
        tests.length === 0 || tests.some((test) => test(labels));
      const groups = all
        .flat()
        .filter(isSelected)
        .toSorted((a, b) => (a.canonicalKey < b.canonicalKey ? -1 : 1));
      return { ok: true, groups };
    },
    async *groupTexts(groups) {
      for (const some of portionsOf(groups)) {
        const [{ partition } = { partition: 0 }] = some;
        const texts = await threadOf(partition).ask<Uint8Array>({
          kind: "group-texts",
          groups: some.map(({ partition: number, canonicalKey }) => ({ partition: number, canonicalKey })),
        });
        if (texts.length > 0) yield texts;
      }
    },
    async deleteGroups(groups) {
      await Promise.all(
        groups.map(({ partition, labels }) => {
          const key = groupingKey(pairsOf(labels));
          const command = { kind: "delete", key, ...now() } as const;
          return threadOf(partition).submit({ kind: "command", partition, command });
        }),
      );
    },
    async wipe() {
      const command = { kind: "wipe", ...now() } as const;
      await change((thread) => thread.submit({ kind: "command", partition: undefined, command }));
    },
  };

  /** Neighbours of one thread, up to a bound. */
  function* portionsOf(groups: readonly GroupSummary[]): Iterable<readonly GroupSummary[]> {
    let some: GroupSummary[] = [];
    let series = 0;
    for (const group of groups) {
      const [first] = some;
      const isElsewhere = first !== undefined && threadOf(first.partition) !== threadOf(group.partition);
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

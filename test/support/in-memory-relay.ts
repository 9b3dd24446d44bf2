import { createBoundarySets } from "../../src/core/coordinator/boundary-sets.ts";
import type { FamilyRegistry } from "../../src/core/coordinator/family-registry.ts";
import { createSizesByShard } from "../../src/core/coordinator/sizes-by-shard.ts";
import { createNameSets } from "../../src/core/coordinator/name-sets.ts";
import { createFamilyRegistry } from "../../src/core/coordinator/family-registry.ts";
import { createWasmKeeper } from "../../src/core/layout-text/wasm-keeper.ts";
import { encodeUtf8 } from "../../src/core/encode-utf8.ts";
import type { BodyFormat } from "../../src/core/exposition/parsed-body.ts";
import type { ViewFormat } from "../../src/core/exposition/write/format.ts";
import { TEXT } from "../../src/core/exposition/write/format.ts";
import { endOf, writeFamilies } from "../../src/core/exposition/write/write-families.ts";
import type { BulkRef, WrittenFamily } from "../../src/core/exposition/write/writer.ts";
import type { GroupingKey } from "../../src/core/grouping-key.ts";
import { parseGroupingKey } from "../../src/core/grouping-key.ts";
import { partitionOf } from "../../src/core/partition-of.ts";
import type { Refusal } from "../../src/core/partition/commands.ts";
import type { Undoable } from "../../src/core/partition/undo.ts";
import { mergeUndoables } from "../../src/core/partition/undo.ts";
import type { Settings } from "../../src/core/partition/settings.ts";
import type { Verdict } from "../../src/core/partition/partition.ts";
import type { NumberedOrder, Order } from "../../src/core/shard/messages.ts";
import type { Shard } from "../../src/core/shard/shard.ts";
import { createShard } from "../../src/core/shard/shard.ts";
import type { PartitionStore } from "../../src/core/shard/store.ts";
import { createMemoryStore } from "../../src/core/shard/store.ts";
import { createBulk } from "../../src/core/view/bulk.ts";
import { freshMemory } from "../../src/core/view/bulk-memory.ts";
import type { View } from "../../src/core/view/create-part.ts";
import { mergeParts } from "../../src/core/view/merge.ts";
import type { NativeHistogram } from "../../src/core/exposition/native-histogram.ts";
import { nativeOf } from "../../src/core/rollup/partial.ts";
import { COLUMNS, partialAt } from "../../src/core/view/columns.ts";
import { createRollupIndex } from "../../src/core/view/rollup-index.ts";
import type { OpenPart, PartitionStatus } from "../../src/core/view/part.ts";
import type { ViewFilter } from "../../src/core/view/view-filter.ts";
import { compileFilter } from "../../src/core/view/view-filter.ts";
import type { Explained } from "../../src/core/view/merge-explained.ts";
import { MAX_EXPLAINED, mergeExplained } from "../../src/core/view/merge-explained.ts";
import { loadLayoutTextModule } from "../../src/node/layout-text-module.ts";
import { nodeBytes } from "../../src/platform/bytes.ts";
import { compileRegex } from "../../src/platform/promql/regex.ts";
import { parseSelector } from "../../src/platform/promql/parse-selector.ts";
import { allSteps } from "./all-steps.ts";

/** Of all relays of a test: WebAssembly has no room for the memories of thousands. */
const keeper = createWasmKeeper(loadLayoutTextModule(), nodeBytes);

/** The wall clock when a relay starts: stamps are 1.7e+09 until time is advanced. */
export const START_WALL_MS = 1_700_000_000_000;

export const defaultSettings: Settings = {
  flink: true,
  rules: [],
  jobs: [],
  level: "task",
  counterType: "counter",
  instanceLabel: "",
  utf8Names: false,
  companions: true,
  intervals: false,
  consistencyCheck: true,
  staleness: "auto",
  maxSeriesPerPush: 50_000,
  maxTombstones: 10_000,
  maxSeriesPerJob: 5_000_000,
  maxSeries: 10_000_000,
  maxSources: 50_000,
  maxLabels: 64,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 16_384,
  maxMetricNameLength: 1024,
};

interface Scraped {
  readonly bytes: Buffer;
  /** Metrics that are left out for their names. */
  readonly collisions: number;
}

export interface InMemoryRelayOptions {
  readonly shards?: number;
  readonly partitions?: number;
  readonly settings?: Partial<Settings>;
  readonly lingerMs?: number;
  readonly store?: PartitionStore;
  /** Where the clock goes on from: with a store, not before its last commit. */
  readonly observedMs?: number;
}

/** A whole relay without a platform: shards, coordinator and views in one thread, under a clock that is made up. */
export interface InMemoryRelay {
  /** The path from `/job` on. A string is pushed as UTF-8. */
  push(
    path: string,
    body: string | Uint8Array,
    options?: { method?: "PUT" | "POST"; format?: BodyFormat },
  ): Refusal | undefined;
  delete(path: string): void;
  /** A push that was refused for load. */
  sign(path: string): void;
  /** Lets both clocks run, with a tick whenever something is due. */
  advance(ms: number): void;
  /** Sets the wall clock forwards or backwards; observed time goes on as it was. */
  jump(ms: number): void;
  /** What the coordinator does from time to time: lets go of counters that nothing has fed for a day. */
  forgetIdleOutputs(): void;
  /** An operator knows that it is a counter after all. */
  unmark(job: string, family: string): void;
  /** An operator lets what the selectors match begin anew. */
  undo(...selectors: string[]): Undoable;
  observedMs(): number;
  /** The text of a scrape. */
  view(view: View, format?: ViewFormat, filter?: ViewFilter): string;
  /** The same before it is written. */
  families(view: View, format: ViewFormat): readonly WrittenFamily[];
  /** The same in the bytes of a format. */
  scrape(view: View, format: ViewFormat, filter?: ViewFilter): Scraped;
  statuses(): PartitionStatus[];
  /** All groups as the API shows them, sorted by their keys. */
  groupTexts(): string[];
  wipe(): void;
  /** The native histograms of the merged view by labels; undefined where a count has none. */
  natives(): Map<string, NativeHistogram | undefined>;
  /** Where the series of the merged view that a selector matches come from. */
  explain(selector: string): Explained;
  /** A reload: these settings from now on, defaults where they say nothing. */
  reload(settings: Partial<Settings>): void;
  /** Ends all shards without a word, and starts others on what was committed; so many, if it is said. */
  restart(shards?: number): void;
  /** Ends it in good order. */
  close(): void;
  /** The sum of a tally over all partitions and families, by a part of its labels; 0 if there is none. */
  tally(name: string, labels: string): number;
}

const FORGET_AFTER_MS = 24 * 3_600_000;

type DraftOrder = NumberedOrder extends infer O ? (O extends NumberedOrder ? Omit<O, "id"> : never) : never;

export function createInMemoryRelay(options: InMemoryRelayOptions = {}): InMemoryRelay {
  const { partitions = 8, lingerMs = 15 * 60_000, store = createMemoryStore() } = options;
  let { shards: shardCount = 2 } = options;
  let settings = { ...defaultSettings, ...options.settings };
  let registry = newRegistry();
  let boundarySets = createBoundarySets();
  let sizes = createSizesByShard();
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  let { observedMs = store.observedMs() } = options;
  let startWallMs = START_WALL_MS;
  const nameSets = createNameSets();
  let nextId = 1;
  let shards = start();

  function start(): { readonly shard: Shard; nextDueMs: number }[] {
    return Array.from({ length: shardCount }, (_, i) => {
      const owned = numbers.filter((partition) => partition % shardCount === i);
      const { wallMs } = now();
      const shard = createShard(owned, store, nodeBytes, compileRegex, settings, keeper, wallMs);
      const { nextDueMs, families, boundarySets: sets } = shard.report();
      registry.adopt(i, families);
      boundarySets.adopt(sets, observedMs);
      return { shard, nextDueMs };
    });
  }

  /** What the coordinator knows it tells everybody, for it does not know who knows. */
  function tellLoaded(): void {
    const reports = shards.map(({ shard }) => shard.report());
    for (const [at, report] of reports.entries()) tellSizes(at, sizes.adopt(at, report.sizes));
    for (const { job, families } of reports.flatMap(({ inferred }) => inferred)) {
      tellAll({ kind: "infer", job, families, ...now() });
    }
    for (const mark of reports.flatMap(({ marks }) => marks)) tellAll({ kind: "mark", ...mark, ...now() });
  }

  function now(): { observedMs: number; wallMs: number } {
    return { observedMs, wallMs: startWallMs + observedMs };
  }

  /** Follows an order and all that comes of it; what is asked is answered at once. */
  function follow(at: number, draft: DraftOrder): Refusal | undefined {
    nextId += 1;
    const id = nextId;
    let order: Order | undefined = { ...draft, id };
    let refusal: Refusal | undefined;
    while (order !== undefined) {
      const result = run(at, order);
      refusal = result.replies.find((reply) => reply.id === id)?.refusal ?? refusal;
      const [asked] = result.questions;
      order = undefined;
      if (asked === undefined) continue;
      const { job, inferred, histograms } = asked.question;
      const twins = asked.question.isLenient ? [] : twinsOf(at, id, asked.question.groupingNames);
      const { conflicts } = registry.decide(at, asked.question, twins);
      const verdict = { conflicts, boundarySets: boundarySets.decide(histograms, conflicts, observedMs) };
      if (inferred.length > 0) tellAll({ kind: "infer", job, families: inferred, ...now() });
      order = { kind: "verdict", id, verdict };
    }
    return refusal;
  }

  /** What other groups show of the series of a push that waits. */
  function twinsOf(at: number, id: number, groupingNames: readonly string[]): Verdict["conflicts"] {
    nameSets.note(groupingNames);
    const suspects = shards[at]?.shard.suspects(id, nameSets.othersThan(groupingNames)) ?? [];
    return suspects.flatMap((suspect) => {
      const partition = partitionOf(suspect.canonicalKey, partitions);
      return shards[partition % shardCount]?.shard.twins(partition, [suspect]) ?? [];
    });
  }

  function run(at: number, order: Order): ReturnType<Shard["run"]> {
    const entry = shards[at];
    if (entry === undefined) throw new Error(`no shard ${at}`);
    const result = entry.shard.run({ orders: [order] });
    entry.nextDueMs = result.nextDueMs;
    registry.release(at, result.released);
    sizes.note(at, result.sizes);
    tellSizes(
      at,
      result.sizes.map(({ job }) => job),
    );
    for (const mark of result.marks) tellAll({ kind: "mark", ...mark, ...now() });
    const broken = result.replies.find(({ refusal }) => refusal?.code === "internal");
    if (broken !== undefined) throw new Error(broken.refusal?.message);
    return result;
  }

  function tellSizes(holder: number, jobs: readonly string[]): void {
    if (jobs.length === 0) return;
    for (const [at, { shard }] of shards.entries()) {
      if (at !== holder) shard.run({ orders: [{ kind: "elsewhere", sizes: sizes.elsewhere(at, jobs) }] });
    }
  }

  function tellAll(command: Extract<Order, { kind: "command" }>["command"]): void {
    for (const at of shards.keys()) run(at, { kind: "command", id: 0, partition: undefined, command });
  }

  function place(key: GroupingKey): { at: number; partition: number } {
    const partition = partitionOf(key.canonical, partitions);
    return { at: partition % shardCount, partition };
  }

  function keyed(kind: "delete" | "sign", path: string): void {
    const key = keyOf(path);
    const { at, partition } = place(key);
    follow(at, { kind: "command", partition, command: { kind, key, ...now() } });
  }

  function tick(toMs: number): void {
    for (;;) {
      const dueMs = Math.min(...shards.map(({ nextDueMs }) => nextDueMs));
      if (dueMs > toMs) return;
      if (dueMs < observedMs) throw new Error(`due at ${dueMs}, but a tick at ${observedMs} has passed`);
      observedMs = dueMs;
      for (const [at, { nextDueMs }] of shards.entries()) {
        if (nextDueMs > observedMs) continue;
        run(at, { kind: "command", id: 0, partition: undefined, command: { kind: "tick", ...now() } });
        const again = shards[at]?.nextDueMs ?? 0;
        if (again <= observedMs) throw new Error(`a tick at ${observedMs} leaves something due at ${again}`);
      }
    }
  }

  function merge(view: View, format: ViewFormat, filter?: ViewFilter) {
    const open = shards.flatMap(({ shard }) => shard.parts(view, observedMs, format, filter));
    const parts = open.map(({ part }) => part);
    const context = {
      observedMs,
      lingerMs,
      helpOf: (name: string) => registry.helpOf(name),
      isPushed: (name: string) => registry.isPushed(name),
    };
    return { open, ...allSteps(mergeParts(parts, context, format, [], compileFilter(filter, compileRegex))) };
  }

  return {
    push(path, body, { method = "PUT", format } = {}) {
      const key = keyOf(path);
      const { at, partition } = place(key);
      const bytes = typeof body === "string" ? encodeUtf8(body) : body;
      const command = { kind: "push", method, key, body: bytes, format, ...now() } as const;
      return follow(at, { kind: "push", partition, command });
    },
    delete: (path) => keyed("delete", path),
    sign: (path) => keyed("sign", path),
    advance(ms) {
      const toMs = observedMs + ms;
      tick(toMs);
      observedMs = toMs;
    },
    jump(ms) {
      startWallMs += ms;
    },
    forgetIdleOutputs() {
      const beforeMs = observedMs - FORGET_AFTER_MS;
      const idle = shards.flatMap(({ shard }) => shard.idleOutputs(beforeMs));
      const ids = [...new Set([...idle, ...boundarySets.idleSince(beforeMs)])];
      const busy = new Set(shards.flatMap(({ shard }) => shard.busyOutputs(ids, beforeMs)));
      const outputs = ids.filter((id) => !busy.has(id));
      boundarySets.forget(outputs, beforeMs);
      tellAll({ kind: "forget", outputs, ...now() });
    },
    unmark: (job, family) => tellAll({ kind: "unmark", job, family, ...now() }),
    undo(...texts) {
      const selectors = texts.map((text) => {
        const parsed = parseSelector(text);
        if (!parsed.ok) throw new Error(parsed.message);
        return parsed.selector;
      });
      const undoable = mergeUndoables(shards.flatMap(({ shard }) => shard.undoables(selectors)));
      for (const mark of undoable.marks) tellAll({ kind: "unmark", ...mark, ...now() });
      tellAll({ kind: "renew", outputs: undoable.outputs, ...now() });
      return undoable;
    },
    observedMs: () => observedMs,
    view(view, format = TEXT, filter) {
      return String(this.scrape(view, format, filter).bytes);
    },
    families: (view, format) => merge(view, format).families,
    scrape(view, format, filter) {
      const { open, families, collisions } = merge(view, format, filter);
      const written = [...writeFamilies(families, format, (bulks) => bulksOf(open, bulks)), endOf(format)];
      const chunks = written.map((chunk) => Buffer.from(chunk as string));
      return { bytes: Buffer.concat(chunks), collisions };
    },
    explain(text) {
      const parsed = parseSelector(text);
      if (!parsed.ok) throw new Error(parsed.message);
      const parts = shards.flatMap(({ shard }) =>
        shard.explain(parsed.selector, observedMs, MAX_EXPLAINED + 1),
      );
      return mergeExplained(parts, { observedMs, lingerMs, isPushed: (name) => registry.isPushed(name) });
    },
    reload(changed) {
      settings = { ...defaultSettings, ...changed };
      tellAll({ kind: "rules", settings, ...now() });
    },
    restart(count = shardCount) {
      shardCount = count;
      registry = newRegistry();
      sizes = createSizesByShard();
      boundarySets = createBoundarySets();
      shards = start();
      tellLoaded();
    },
    close() {
      for (const { shard } of shards) shard.close(observedMs);
    },
    groupTexts: () =>
      shards
        .flatMap(({ shard }) => shard.groups(observedMs).map((group) => ({ shard, group })))
        .toSorted((a, b) => (a.group.canonicalKey < b.group.canonicalKey ? -1 : 1))
        .flatMap(({ shard, group }) => shard.groupTexts([group])),
    wipe: () => tellAll({ kind: "wipe", ...now() }),
    natives() {
      const open = shards.flatMap(({ shard }) => shard.parts("merged", observedMs, TEXT));
      const parts = open.map(({ part }) => part).toSorted((a, b) => a.partition - b.partition);
      const told = parts.flatMap(({ partition, rollups }) =>
        rollups === undefined ? [] : { partition, rollups },
      );
      const merged = allSteps(createRollupIndex().merge(told));
      return new Map(
        merged.names.flatMap((name, at) =>
          name?.suffix === "_count"
            ? [
                [
                  name.labels,
                  nativeOf({ ...partialAt(merged.numbers, at * COLUMNS), ...merged.rare.get(at) }),
                ] as const,
              ]
            : [],
        ),
      );
    },
    statuses: () => shards.flatMap(({ shard }) => shard.statuses(Number.POSITIVE_INFINITY)),
    tally(name, labels) {
      const rows = this.statuses().flatMap(({ tallies }) => tallies);
      return rows.reduce(
        (sum, row) => sum + (row.name === name && row.labels.includes(labels) ? row.value : 0),
        0,
      );
    },
  };
}

function bulksOf(open: readonly OpenPart[], bulks: readonly BulkRef[]): Uint8Array[] {
  const into = createBulk({ memory: freshMemory(1) });
  for (const { partition, family } of bulks) {
    open.find(({ part }) => part.partition === partition)?.writeBulk(family, into);
  }
  return into.take();
}

function newRegistry(): FamilyRegistry {
  return createFamilyRegistry([{ name: "sluice_own", type: "gauge", help: undefined }]);
}

function keyOf(path: string): GroupingKey {
  const result = parseGroupingKey(path);
  if (!result.ok) throw new Error(result.message);
  return result.key;
}

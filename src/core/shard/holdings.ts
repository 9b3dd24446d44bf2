import type { Partition } from "../partition/partition.ts";
import { createPartition } from "../partition/partition.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import { createRuling } from "../partition/ruling.ts";
import { forgetText } from "../partition/layout.ts";
import { usedFamilies } from "../partition/show.ts";
import type { PartitionState, Surroundings } from "../partition/state.ts";
import type { CompileRegex } from "../selector/compile-selector.ts";
import type { FamilyLedger } from "./family-ledger.ts";
import { createFamilyLedger } from "./family-ledger.ts";
import type { Journal } from "./journal.ts";
import { createJournal } from "./journal.ts";
import { loadPartition, NOBODY } from "./load-partition.ts";
import type { ShardReport } from "./messages.ts";
import type { LogRecord } from "../store/log-record.ts";
import { packRecords } from "../store/log-record.ts";
import { reportOn } from "./report-on.ts";
import { createRoom } from "./room.ts";
import type { PartitionStore, StoredPartition } from "./store.ts";

/** What a shard holds of its partitions, as it was committed last. */
export interface Holdings {
  readonly partitions: ReadonlyMap<number, Partition>;
  readonly ledger: FamilyLedger;
  /** Undefined where nothing is kept. */
  readonly journal: Journal | undefined;
  readonly report: ShardReport;
  /** Puts a partition back to what was committed, and what `since` tells. */
  takeBack(this: void, partition: number, since: readonly LogRecord[]): void;
  /** The same of what has become of them since. */
  reportNow(this: void): Omit<ShardReport, "observedMs">;
}

export function partitionIn({ partitions }: Pick<Holdings, "partitions">, number: number): Partition {
  const partition = partitions.get(number);
  if (partition === undefined) throw new Error(`BUG: partition ${number} belongs to another shard`);
  return partition;
}

/**
 * Loads the partitions of a shard and brings them under the rules of its surroundings, whose family
 * references become those of what is loaded.
 */
export function loadHoldings(
  partitionNumbers: readonly number[],
  store: PartitionStore,
  surroundings: { -readonly [Name in keyof Surroundings]: Surroundings[Name] },
  compileRegex: CompileRegex,
  startWallMs: number,
): Holdings {
  const ledger = createFamilyLedger();
  surroundings.families = ledger;
  const stored = new Map<number, StoredPartition>();
  const states = new Map<number, PartitionState>();
  const partitions = new Map<number, Partition>();
  const at = { observedMs: store.observedMs(), wallMs: startWallMs };
  const moved: number[] = [];
  /** Whether rules have changed since it was committed: its log does not tell that. */
  function hold(number: number, each: StoredPartition): boolean {
    const { state, settings } = loadPartition(number, each, store.packing, surroundings, compileRegex);
    const partition = createPartition(state, surroundings);
    states.set(number, state);
    partitions.set(number, partition);
    if (settings === undefined || isSame(settings, surroundings.settings, store)) return false;
    const before = createRuling(settings, compileRegex);
    partition.reload({ kind: "rules", settings: surroundings.settings, ...at }, before);
    return true;
  }
  for (const number of partitionNumbers) {
    const { image, log } = store.load(number);
    stored.set(number, { image, log });
    if (hold(number, { image, log })) moved.push(number);
  }
  const reportNow = (): Omit<ShardReport, "observedMs"> => ({
    ...reportOn(states.values()),
    sizes: createRoom(() => Array.from(partitions.values(), ({ sizes }) => sizes)).list(),
    families: familiesOf(states.values()),
  });
  noteFamilies(states.values(), ledger);
  const { packing } = store;
  const deps = { states, settings: () => surroundings.settings, committedMs: at.observedMs };
  const journal = packing && createJournal(stored, { ...deps, packing });
  for (const number of moved) journal?.replace(number);
  return {
    partitions,
    ledger,
    journal,
    report: { ...reportNow(), observedMs: at.observedMs },
    reportNow,
    takeBack(number, since) {
      const before = states.get(number);
      for (const { snapshot } of showingsOf(before?.groups ?? new Map())) forgetText(snapshot.layout);
      const { image, log } = store.load(number);
      const done = packing === undefined || since.length === 0 ? [] : [packRecords(since, packing)];
      // What is dropped gives nothing back, and what is loaded takes nothing.
      surroundings.families = NOBODY;
      const hasMoved = hold(number, { image, log: [...log, ...done] });
      surroundings.families = ledger;
      ledger.recount(Array.from(usesOf(states.values()), ({ names }) => names));
      if (hasMoved) journal?.replace(number);
    },
  };
}

function isSame(a: unknown, b: unknown, { packing }: PartitionStore): boolean {
  if (packing === undefined) return true;
  const [one, other] = [packing.pack(a), packing.pack(b)];
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Nobody has to be asked about what was agreed to before. */
function noteFamilies(states: Iterable<PartitionState>, ledger: FamilyLedger): void {
  for (const { names, families } of usesOf(states)) {
    for (const { name, type } of families) ledger.register(name, type);
    ledger.acquire(names);
  }
}

/** Of each name the first. */
function familiesOf(states: Iterable<PartitionState>): LayoutFamily[] {
  const found = new Map<string, LayoutFamily>();
  for (const { families } of usesOf(states)) {
    for (const family of families) if (!found.has(family.name)) found.set(family.name, family);
  }
  return [...found.values()];
}

/** Which families each body that is shown uses. */
function* usesOf(states: Iterable<PartitionState>) {
  for (const { groups } of states) {
    for (const { key, sources } of groups.values()) {
      for (const showing of [...sources.values()].flatMap(({ shown }) => shown)) {
        const names = new Set(usedFamilies(key, showing, undefined));
        const { families } = showing.snapshot.layout;
        yield { names, families: families.filter(({ name }) => names.has(name)) };
      }
    }
  }
}

function* showingsOf(groups: PartitionState["groups"]) {
  for (const { sources } of groups.values()) for (const { shown } of sources.values()) yield* shown;
}

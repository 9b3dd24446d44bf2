import type { UntimedCommand } from "../core/partition/commands.ts";
import { createBoundarySets } from "../core/coordinator/boundary-sets.ts";
import type { Telling } from "../core/coordinator/common-knowledge.ts";
import { createCommonKnowledge } from "../core/coordinator/common-knowledge.ts";
import { createFamilyRegistry } from "../core/coordinator/family-registry.ts";
import { createNameSets } from "../core/coordinator/name-sets.ts";
import type { LayoutFamily } from "../core/partition/layout.ts";
import type { Question, Verdict } from "../core/partition/partition.ts";
import { mergeUndoables } from "../core/partition/undo.ts";
import { askingOf, createTwinCheck } from "../platform/twin-check.ts";
import type { Decision, PartitionPort, PartitionReport, Place, RegistryPort, SiteContext } from "./ports.ts";
import type { SiteClock } from "./site-clock.ts";
import { observedAt } from "./site-clock.ts";

export interface EdgeRegistryDeps {
  readonly partitions: number;
  /** Of this registry; another one has another. */
  readonly life: string;
  readonly clock: SiteClock;
  /** Families of the relay itself. */
  readonly own: readonly LayoutFamily[];
  partition(this: void, number: number): PartitionPort;
  wallMs(this: void): number;
}

const FORGET_AFTER_MS = 24 * 3_600_000;

/** What the registry is asked, without the number of partitions, which it knows. */
export interface EdgeRegistry extends Omit<
  RegistryPort,
  "context" | "noteScrape" | "undo" | "wipe" | "admit"
> {
  context(): Promise<Omit<SiteContext, "forwarded" | "scrapes">>;
  undo(selectors: Parameters<RegistryPort["undo"]>[1]): ReturnType<RegistryPort["undo"]>;
  wipe(): Promise<void>;
  /** Lets go of the counters that nothing has fed for a day, anywhere. */
  forgetIdleOutputs(): Promise<void>;
}

/** The coordinator of a site. What it knows it is told by the partitions, so nothing of that is stored twice. */
export async function startEdgeRegistry(deps: EdgeRegistryDeps): Promise<EdgeRegistry> {
  const { partitions, life, clock } = deps;
  const registry = createFamilyRegistry(deps.own);
  const boundarySets = createBoundarySets();
  const knowledge = createCommonKnowledge();
  const nameSets = createNameSets();
  const places = Array.from({ length: partitions }, (_, partition): Place => ({ partition, partitions }));
  const twins = createTwinCheck({
    partitions,
    suspects: (partition, id, names) =>
      deps.partition(partition).suspects({ partition, partitions }, id, names),
    twins: (partition, suspects) => deps.partition(partition).twins({ partition, partitions }, suspects),
  });
  let changes = 0;
  let changed: Promise<unknown> = Promise.resolve();

  function observedMs(): number {
    return observedAt(clock, deps.wallMs());
  }

  async function gather<T>(ask: (port: PartitionPort, place: Place) => Promise<T>): Promise<T[]> {
    return await Promise.all(places.map((place) => ask(deps.partition(place.partition), place)));
  }

  /** Who cannot be told is told when it says hello. */
  function tell(command: UntimedCommand, to: readonly Place[]): void {
    for (const place of to)
      deps
        .partition(place.partition)
        .follow(place, command)
        .catch(() => {});
  }

  function change<T>(ask: (port: PartitionPort, place: Place) => Promise<T>): Promise<T[]> {
    changes += 1;
    const told = gather(ask);
    changed = Promise.allSettled([changed, told]);
    return told;
  }

  function adopt({ partition }: Place, report: PartitionReport): void {
    registry.releaseAll(partition);
    registry.adopt(partition, report.families);
    boundarySets.adopt(report.boundarySets, observedMs());
    knowledge.adopt(report);
    for (const names of report.nameSets) nameSets.note(names);
  }

  /** What is known and not in the report. */
  function missingIn({ inferred, marks }: PartitionReport): Telling[] {
    const known = createCommonKnowledge();
    known.adopt({ inferred, marks });
    const heard = new Set(known.tellings().map((telling) => JSON.stringify(telling)));
    return knowledge.tellings().filter((telling) => !heard.has(JSON.stringify(telling)));
  }

  async function findTwins(place: Place, id: number, question: Question): Promise<Verdict["conflicts"]> {
    const { promise, resolve, reject } = Promise.withResolvers<Verdict["conflicts"]>();
    twins.run(place.partition, id, askingOf(question, nameSets), resolve).catch(reject);
    return await promise;
  }

  const reports = await gather((port, place) => port.report(place, life, clock));
  for (const [partition, report] of reports.entries()) adopt({ partition, partitions }, report);
  for (const [partition, report] of reports.entries()) {
    for (const telling of missingIn(report)) tell(telling, [{ partition, partitions }]);
  }

  return {
    async hello(place, report) {
      twins.noteRestart(place.partition);
      adopt(place, report);
      return { life, clock, tellings: missingIn(report) };
    },
    async decide(place, id, question): Promise<Decision> {
      const known = await findTwins(place, id, question);
      const { conflicts } = registry.decide(place.partition, question, known);
      const sets = boundarySets.decide(question.histograms, conflicts, observedMs());
      const tellings: Telling[] = [];
      if (question.inferred.length > 0) {
        const telling = { kind: "infer", job: question.job, families: question.inferred } as const;
        knowledge.infer(question.job, question.inferred);
        tellings.push(telling);
        tell(
          telling,
          places.filter(({ partition }) => partition !== place.partition),
        );
      }
      return { life, verdict: { conflicts, boundarySets: sets }, tellings };
    },
    async settled({ partition }, id) {
      twins.noteReply(partition, id);
    },
    async note({ partition }, released, marks) {
      registry.release(partition, released);
      for (const mark of marks) if (knowledge.mark(mark)) tell({ kind: "mark", ...mark }, places);
    },
    async context() {
      await changed;
      return { version: `${life} ${changes}`, observedMs: observedMs(), families: registry.helps() };
    },
    async undo(selectors) {
      const found = await gather((port, place) => port.undoables(place, selectors));
      const undoable = mergeUndoables(found.flat());
      for (const mark of undoable.marks) knowledge.unmark(mark);
      await change(async (port, place) => {
        for (const mark of undoable.marks) await port.follow(place, { kind: "unmark", ...mark });
        await port.follow(place, { kind: "renew", outputs: undoable.outputs });
      });
      return undoable;
    },
    async wipe() {
      await change((port, place) => port.follow(place, { kind: "wipe" }));
    },
    async forgetIdleOutputs() {
      const beforeMs = observedMs() - FORGET_AFTER_MS;
      const idle = await gather((port, place) => port.idleOutputs(place, beforeMs));
      const ids = [...new Set([...idle.flat(), ...boundarySets.idleSince(beforeMs)])];
      if (ids.length === 0) return;
      const busy = await gather((port, place) => port.busyOutputs(place, ids, beforeMs));
      const kept = new Set(busy.flat());
      const outputs = ids.filter((each) => !kept.has(each));
      boundarySets.forget(outputs, beforeMs);
      tell({ kind: "forget", outputs }, places);
    },
  };
}

import { createBoundarySets } from "../core/coordinator/boundary-sets.ts";
import type { BoundarySets } from "../core/coordinator/boundary-sets.ts";
import type { CommonKnowledge, Telling } from "../core/coordinator/common-knowledge.ts";
import { createCommonKnowledge } from "../core/coordinator/common-knowledge.ts";
import type { FamilyRegistry } from "../core/coordinator/family-registry.ts";
import { createNameSets } from "../core/coordinator/name-sets.ts";
import type { Question, Verdict } from "../core/partition/partition.ts";
import type { Settings } from "../core/partition/settings.ts";
import type { Suspect } from "../core/partition/twins.ts";
import type { BatchResult, Bug, ShardReport } from "../core/shard/messages.ts";
import { askingOf, createTwinCheck } from "../platform/twin-check.ts";
import type { AllThreads } from "./all-threads.ts";
import { createSizeNews } from "./limits/tell-sizes.ts";
import type { Logger } from "./logging.ts";
import type { ShardThread } from "./shard-thread.ts";

interface CoordinatorDeps {
  readonly threads: readonly ShardThread[];
  readonly partitions: number;
  readonly all: AllThreads;
  readonly registry: FamilyRegistry;
  nowMs(this: void): number;
  readonly log: Logger;
  /** What is committed outlives a thread. */
  readonly keeps: boolean;
  /** Told when a thread's store takes nothing any more, or takes something again. */
  onOutage(this: void): void;
}

/** What the threads must agree on, and the answers to what they ask. */
export interface ThreadCoordinator {
  readonly knowledge: CommonKnowledge;
  readonly boundarySets: BoundarySets;
  /** Follows up on what a batch of that thread has asked and given back. */
  onResult(this: void, thread: number, result: BatchResult): void;
  onRestart(this: void, thread: number, cause: string, loaded: ShardReport): void;
  /** From now on these settings hold. Settles when every thread follows them. */
  configure(this: void, settings: Settings): Promise<void>;
}

export function createThreadCoordinator(deps: CoordinatorDeps): ThreadCoordinator {
  const { threads, all, registry, nowMs, log } = deps;
  const knowledge = createCommonKnowledge();
  const boundarySets = createBoundarySets();
  const nameSets = createNameSets();
  const sizes = createSizeNews(threads);
  const twins = createTwinCheck({
    partitions: deps.partitions,
    suspects: async (thread, id, names) =>
      (await threads[thread]?.insist<Suspect[]>({ kind: "suspects", id, nameSets: names })) ?? [],
    twins: (partition, suspects) => all.threadOf(partition).insist({ kind: "twins", partition, suspects }),
  });
  /** By thread: why its store takes nothing. */
  const storeOutages = new Map<number, string>();
  /** Undefined as long as they are those that the threads were started with. */
  let configured: Settings | undefined;

  function tell(telling: Telling, to: readonly ShardThread[]): void {
    for (const thread of to) void all.tell(thread, telling);
  }

  function adopt(thread: number, report: ShardReport): void {
    sizes.adopt(thread, report.sizes);
    registry.releaseAll(thread);
    registry.adopt(thread, report.families);
    boundarySets.adopt(report.boundarySets, nowMs());
    knowledge.adopt(report);
    for (const names of report.nameSets) nameSets.note(names);
  }

  /** What concerns all partitions, for threads of which nobody knows what they have heard. */
  function tellAllAgain(to: readonly ShardThread[]): void {
    if (configured !== undefined) {
      for (const each of to) void all.tell(each, { kind: "rules", settings: configured });
    }
    for (const telling of knowledge.tellings()) tell(telling, to);
  }

  function noteStore(thread: number, reason: string | undefined): void {
    const before = storeOutages.get(thread);
    if (reason !== undefined) {
      storeOutages.set(thread, reason);
      if (before === undefined) log.error("pushes are refused until they can be stored", { reason });
    } else if (before !== undefined) {
      storeOutages.delete(thread);
      log.info("pushes are stored again", { thread });
      tellAllAgain(threads.filter((_, i) => i === thread));
    }
    if (reason !== before) deps.onOutage();
  }

  function noteMarks(marks: BatchResult["marks"]): void {
    for (const mark of marks) {
      // Two partitions may have found it at once.
      if (!knowledge.mark(mark)) continue;
      const what = "a family that was taken for a counter can go down: it is shown as a gauge from now on";
      log.warn(what, { ...mark });
      tell({ kind: "mark", ...mark }, threads);
    }
  }

  function decide(thread: number, id: number, question: Question, known: Verdict["conflicts"]): void {
    const { conflicts } = registry.decide(thread, question, known);
    const sets = boundarySets.decide(question.histograms, conflicts, nowMs());
    if (question.inferred.length > 0) {
      knowledge.infer(question.job, question.inferred);
      tell({ kind: "infer", job: question.job, families: question.inferred }, threads);
    }
    threads[thread]?.answer({ kind: "verdict", id, verdict: { conflicts, boundarySets: sets } });
  }

  /** Nobody waits for what has failed; as a rejection that nobody handles it would end the process. */
  function noteBug(error: unknown): void {
    log.error("a bug in the relay", { error: String(error) });
  }

  for (const [thread, { loaded }] of threads.entries()) adopt(thread, loaded);
  tellAllAgain(threads);

  return {
    knowledge,
    boundarySets,
    onResult(thread, result) {
      registry.release(thread, result.released);
      for (const bug of result.bugs) log.error(bugMessage(bug, deps.keeps), { error: bug.stack });
      sizes.note(thread, result.sizes);
      if (result.reloaded !== undefined) adopt(thread, result.reloaded);
      noteStore(thread, result.outage);
      noteMarks(result.marks);
      for (const { id } of result.replies) twins.noteReply(thread, id);
      for (const { id, question } of result.questions) {
        twins
          .run(thread, id, askingOf(question, nameSets), (known) => decide(thread, id, question, known))
          .catch(noteBug);
      }
    },
    onRestart(thread, cause, loaded) {
      const what = deps.keeps
        ? "it goes on from what was committed"
        : "its groups are lost until they are pushed again";
      log.error(`a thread has died and was started again: ${what}`, { thread, cause });
      storeOutages.delete(thread);
      twins.noteRestart(thread);
      adopt(thread, loaded);
      sizes.tellAll(thread);
      tellAllAgain(threads.filter((_, i) => i === thread));
      deps.onOutage();
    },
    async configure(settings) {
      configured = settings;
      const told = all.change((thread) => all.tell(thread, { kind: "rules", settings }));
      // A thread that is being started again is told when it is there.
      const failed = (await told).find((refusal) => refusal?.code === "internal");
      if (failed !== undefined) throw new Error(failed.message);
    },
  };
}

function bugMessage({ partition }: Bug, keeps: boolean): string {
  if (partition === undefined) return "a bug in the relay: a push was refused for it";
  const what = keeps
    ? "goes on from what was there before"
    : "has lost its groups until they are pushed again";
  return `a bug in the relay: a push was refused for it, and partition ${partition} ${what}`;
}

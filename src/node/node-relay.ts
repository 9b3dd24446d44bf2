import { createBoundarySets } from "../core/coordinator/boundary-sets.ts";
import type { Telling } from "../core/coordinator/common-knowledge.ts";
import { createCommonKnowledge } from "../core/coordinator/common-knowledge.ts";
import { createRefusals } from "../core/coordinator/refusals.ts";
import { createNameSets } from "../core/coordinator/name-sets.ts";
import type { WrittenFamily } from "../core/exposition/write/writer.ts";
import type { Refusal } from "../core/partition/commands.ts";
import type { Question, Verdict } from "../core/partition/partition.ts";
import type { Settings } from "../core/partition/settings.ts";
import type { Suspect } from "../core/partition/twins.ts";
import type { Undoable } from "../core/partition/undo.ts";
import { mergeUndoables } from "../core/partition/undo.ts";
import { partitionOf } from "../core/partition-of.ts";
import type { BatchResult, Bug, ShardReport } from "../core/shard/messages.ts";
import type { ExplainPart } from "../core/view/explain-part.ts";
import { createRollupIndex } from "../core/view/rollup-index.ts";
import { MAX_EXPLAINED, mergeExplained } from "../core/view/merge-explained.ts";
import type { Health, Relay } from "../http/relay.ts";
import type { BodyPool, PooledBody } from "./body-pool.ts";
import { parseSelector } from "../platform/promql/parse-selector.ts";
import { parseSelectors } from "../platform/promql/parse-selectors.ts";
import { createThreadGroups } from "./group-access.ts";
import { forgetIdleOutputs } from "./forget-idle-outputs.ts";
import { createSizeNews } from "./limits/tell-sizes.ts";
import type { Logger } from "./logging.ts";
import type { ObservedClock } from "./observed-clock.ts";
import type { ScrapeDeps } from "./scrape-threads.ts";
import { familiesToForward, scrapeThreads } from "./scrape-threads.ts";
import type { ShardThread } from "./shard-thread.ts";
import { createPartsReceiver } from "../platform/pack-parts.ts";
import { askingOf, createTwinCheck } from "../platform/twin-check.ts";

export interface NodeRelayDeps extends ScrapeDeps {
  readonly threads: readonly ShardThread[];
  readonly bodies: Pick<BodyPool, "give">;
  readonly clock: ObservedClock;
  /** Unix time, with its fractions. */
  wallMs(this: void): number;
  readonly log: Logger;
  /** What is committed outlives a thread. */
  readonly keeps: boolean;
  /** Told of each body that a thread is given. */
  onBody(bytes: number): void;
}

/** A relay whose shards are threads, and whose coordinator is this thread. */
export interface NodeRelay extends Relay<PooledBody> {
  /** Follows up on what a batch of that thread has asked and given back. */
  onResult(thread: number, result: BatchResult): void;
  onRestart(thread: number, cause: string, loaded: ShardReport): void;
  /** Lets each thread with something due look at its sources. */
  tick(): void;
  /** From now on these settings hold. Settles when every thread follows them. */
  configure(settings: Settings): Promise<void>;
  /** Lets go of the counters that nothing has fed for a day, anywhere. */
  forgetIdleOutputs(): Promise<void>;
  health(): Health;
  /** The merged view as it is forwarded. */
  familiesToForward(): Promise<readonly WrittenFamily[]>;
  /** From now on it says that it is not ready. */
  drain(): void;
}

export function createNodeRelay(deps: NodeRelayDeps): NodeRelay {
  const { threads, partitions, registry, bodies, clock } = deps;
  const knowledge = createCommonKnowledge();
  const refusals = createRefusals();
  const boundarySets = createBoundarySets();
  /** By thread: why its store takes nothing. */
  const storeOutages = new Map<number, string>();
  const sizes = createSizeNews(threads);
  const nameSets = createNameSets();
  const twins = createTwinCheck({
    partitions,
    suspects: async (thread, id, names) =>
      (await threads[thread]?.insist<Suspect[]>({ kind: "suspects", id, nameSets: names })) ?? [],
    twins: (partition, suspects) => threadOf(partition).insist({ kind: "twins", partition, suspects }),
  });
  /** Groups of which a push was refused for load since the last tick. */
  const signed = new Set<string>();
  let isDraining = false;
  /** Undefined as long as they are those that the threads were started with. */
  let configured: Settings | undefined;
  /** How often something was changed that all parts of a view must agree on, and when the last such change is done. */
  let changes = 0;
  let changed: Promise<unknown> = Promise.resolve();
  let scrapes = 0;
  const memory = { received: createPartsReceiver(), index: createRollupIndex() };

  function threadOf(partition: number): ShardThread {
    const thread = threads[partition % threads.length];
    if (thread === undefined) throw new Error("BUG: there are no threads");
    return thread;
  }

  function now(): { observedMs: number; wallMs: number } {
    return { observedMs: clock.nowMs(), wallMs: deps.wallMs() };
  }

  function outage(): string | undefined {
    return threads.map((thread) => thread.outage()).find((reason) => reason !== undefined);
  }

  /** Observed time runs only while pushes are taken. */
  function watchClock(): void {
    if (outage() === undefined && !isDraining) clock.run();
    else clock.stop();
  }

  function tell(telling: Telling, to: readonly ShardThread[]): void {
    for (const thread of to) {
      void thread.submit({ kind: "command", partition: undefined, command: { ...telling, ...now() } });
    }
  }

  /** Parts that were made before and after a change make no view. */
  async function gatherParts<T>(ask: (thread: ShardThread) => Promise<T[]>): Promise<T[]> {
    for (;;) {
      await changed;
      const before = changes;
      const parts = await gather(ask);
      if (changes === before) return parts.flat();
    }
  }

  function change<T>(ask: (thread: ShardThread) => Promise<T>): Promise<T[]> {
    changes += 1;
    const told = gather(ask);
    changed = Promise.all([changed, told]);
    return told;
  }

  async function tellSettings(thread: ShardThread, settings: Settings): Promise<Refusal | undefined> {
    return await thread.submit({
      kind: "command",
      partition: undefined,
      command: { kind: "rules", settings, ...now() },
    });
  }

  function adopt(thread: number, report: ShardReport): void {
    sizes.adopt(thread, report.sizes);
    registry.releaseAll(thread);
    registry.adopt(thread, report.families);
    boundarySets.adopt(report.boundarySets, clock.nowMs());
    knowledge.adopt(report);
    for (const names of report.nameSets) nameSets.note(names);
  }

  /** What concerns all partitions, for threads of which nobody knows what they have heard. */
  function tellAllAgain(to: readonly ShardThread[]): void {
    if (configured !== undefined) for (const each of to) void tellSettings(each, configured);
    for (const telling of knowledge.tellings()) tell(telling, to);
  }

  function noteStore(thread: number, reason: string | undefined): void {
    const before = storeOutages.get(thread);
    if (reason !== undefined) {
      storeOutages.set(thread, reason);
      if (before === undefined) deps.log.error("pushes are refused until they can be stored", { reason });
    } else if (before !== undefined) {
      storeOutages.delete(thread);
      deps.log.info("pushes are stored again", { thread });
      tellAllAgain(threads.filter((_, i) => i === thread));
    }
    if (reason !== before) watchClock();
  }

  function decide(thread: number, id: number, question: Question, known: Verdict["conflicts"]): void {
    const { conflicts } = registry.decide(thread, question, known);
    const sets = boundarySets.decide(question.histograms, conflicts, clock.nowMs());
    if (question.inferred.length > 0) {
      knowledge.infer(question.job, question.inferred);
      tell({ kind: "infer", job: question.job, families: question.inferred }, threads);
    }
    threads[thread]?.answer({ kind: "verdict", id, verdict: { conflicts, boundarySets: sets } });
  }

  /** Nobody waits for what has failed; as a rejection that nobody handles it would end the process. */
  function noteBug(error: unknown): void {
    deps.log.error("a bug in the relay", { error: String(error) });
  }

  async function gather<T>(ask: (thread: ShardThread) => Promise<T>): Promise<T[]> {
    return await Promise.all(threads.map(ask));
  }

  for (const [thread, { loaded }] of threads.entries()) adopt(thread, loaded);
  tellAllAgain(threads);

  return {
    async push(key, method, body, format) {
      deps.onBody(body.bytes.length);
      const partition = partitionOf(key.canonical, partitions);
      const command = { kind: "push", method, key, body: body.bytes, format, ...now() } as const;
      try {
        return await threadOf(partition).submit({ kind: "push", partition, command });
      } finally {
        bodies.give(body.memory);
      }
    },
    delete(key) {
      const partition = partitionOf(key.canonical, partitions);
      return threadOf(partition).submit({
        kind: "command",
        partition,
        command: { kind: "delete", key, ...now() },
      });
    },
    sign(key) {
      // Once a tick says as much.
      if (signed.has(key.canonical)) return;
      signed.add(key.canonical);
      const partition = partitionOf(key.canonical, partitions);
      void threadOf(partition).submit({
        kind: "command",
        partition,
        command: { kind: "sign", key, ...now() },
      });
    },
    scrape(view, format, asked) {
      scrapes += 1;
      const wanted = { scrape: scrapes, view, format, asked, observedMs: now().observedMs };
      return scrapeThreads({ gather, gatherParts }, wanted, () => refusals.list(), memory, deps);
    },
    familiesToForward: () => familiesToForward({ gatherParts }, now().observedMs, memory, deps),
    async explain(text) {
      const parsed = parseSelector(text);
      if (!parsed.ok) return { ok: false, message: `character ${parsed.at + 1}: ${parsed.message}` };
      const { selector } = parsed;
      const { observedMs } = now();
      // One more than is shown tells that there are more.
      const most = MAX_EXPLAINED + 1;
      const parts = await gatherParts((thread) =>
        thread.ask<ExplainPart[]>({ kind: "explain", selector, observedMs, most }),
      );
      const explained = mergeExplained(parts, {
        observedMs,
        lingerMs: deps.lingerMs,
        isPushed: (name) => registry.isPushed(name),
      });
      return { ok: true, ...explained };
    },
    noteRefused(key, reason, message) {
      refusals.note({ key, reason, message, wallMs: now().wallMs });
    },
    refused: () => refusals.list(),
    async undo(texts) {
      const parsed = parseSelectors(texts);
      if (!parsed.ok) return parsed;
      const { selectors } = parsed;
      const found = await gather((thread) => thread.ask<Undoable[]>({ kind: "undoables", selectors }));
      const undoable = mergeUndoables(found.flat());
      for (const mark of undoable.marks) knowledge.unmark(mark);
      await change(async (thread) => {
        for (const { job, family } of undoable.marks) {
          const command = { kind: "unmark", job, family, ...now() } as const;
          void thread.submit({ kind: "command", partition: undefined, command });
        }
        // A thread follows its orders in turn.
        const command = { kind: "renew", outputs: undoable.outputs, ...now() } as const;
        return await thread.submit({ kind: "command", partition: undefined, command });
      });
      return { ok: true, ...undoable };
    },
    ...createThreadGroups({ threads, threadOf, change, now }),
    health(): Health {
      const unready = isDraining ? "the relay is shutting down" : outage();
      const unhealthy = threads.map((thread) => thread.failure()).find((reason) => reason !== undefined);
      return { unhealthy, unready };
    },
    onResult(
      thread,
      { replies, questions, marks: news, released, bugs, sizes: changedSizes, outage: storeOutage, reloaded },
    ) {
      registry.release(thread, released);
      for (const bug of bugs) deps.log.error(bugMessage(bug, deps.keeps), { error: bug.stack });
      sizes.note(thread, changedSizes);
      if (reloaded !== undefined) adopt(thread, reloaded);
      noteStore(thread, storeOutage);
      for (const mark of news) {
        // Two partitions may have found it at once.
        if (!knowledge.mark(mark)) continue;
        deps.log.warn(
          "a family that was taken for a counter can go down: it is shown as a gauge from now on",
          {
            ...mark,
          },
        );
        tell({ kind: "mark", ...mark }, threads);
      }
      for (const { id } of replies) twins.noteReply(thread, id);
      for (const { id, question } of questions) {
        twins
          .run(thread, id, askingOf(question, nameSets), (known) => decide(thread, id, question, known))
          .catch(noteBug);
      }
    },
    onRestart(thread, cause, loaded) {
      const what = deps.keeps
        ? "it goes on from what was committed"
        : "its groups are lost until they are pushed again";
      deps.log.error(`a thread has died and was started again: ${what}`, { thread, cause });
      storeOutages.delete(thread);
      twins.noteRestart(thread);
      adopt(thread, loaded);
      sizes.tellAll(thread);
      tellAllAgain(threads.filter((_, i) => i === thread));
      watchClock();
    },
    tick() {
      watchClock();
      signed.clear();
      const { observedMs } = now();
      for (const thread of threads) {
        // Another batch makes a thread whose store is out try again.
        if (thread.nextDueMs() > observedMs && thread.outage() === undefined) continue;
        void thread.submit({ kind: "command", partition: undefined, command: { kind: "tick", ...now() } });
      }
    },
    async configure(settings) {
      configured = settings;
      const told = change(async (thread) => await tellSettings(thread, settings));
      // A thread that is being started again is told when it is there.
      const failed = (await told).find((refusal) => refusal?.code === "internal");
      if (failed !== undefined) throw new Error(failed.message);
    },
    forgetIdleOutputs: () => forgetIdleOutputs(threads, boundarySets, now),
    drain() {
      isDraining = true;
      watchClock();
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

import { createRefusals } from "../core/coordinator/refusals.ts";
import type { WrittenFamily } from "../core/exposition/write/writer.ts";
import { partitionOf } from "../core/partition-of.ts";
import type { Undoable } from "../core/partition/undo.ts";
import { mergeUndoables } from "../core/partition/undo.ts";
import type { ExplainPart } from "../core/view/explain-part.ts";
import { MAX_EXPLAINED, mergeExplained } from "../core/view/merge-explained.ts";
import { createRollupIndex } from "../core/view/rollup-index.ts";
import type { Health, Relay } from "../http/relay.ts";
import { createPartsReceiver } from "../platform/pack-parts.ts";
import { parseSelector } from "../platform/promql/parse-selector.ts";
import { parseSelectors } from "../platform/promql/parse-selectors.ts";
import { createAllThreads } from "./all-threads.ts";
import type { BodyPool, PooledBody } from "./body-pool.ts";
import { forgetIdleOutputs } from "./forget-idle-outputs.ts";
import { createThreadGroups } from "./group-access.ts";
import type { Logger } from "./logging.ts";
import type { ObservedClock } from "./observed-clock.ts";
import type { ScrapeDeps } from "./scrape-threads.ts";
import { familiesToForward, scrapeThreads } from "./scrape-threads.ts";
import type { ShardThread } from "./shard-thread.ts";
import type { ThreadCoordinator } from "./thread-coordinator.ts";
import { createThreadCoordinator } from "./thread-coordinator.ts";

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
export interface NodeRelay
  extends Relay<PooledBody>, Pick<ThreadCoordinator, "onResult" | "onRestart" | "configure"> {
  /** Lets each thread with something due look at its sources. */
  tick(): void;
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
  const all = createAllThreads(threads, now);
  const refusals = createRefusals();
  const memory = { received: createPartsReceiver(), index: createRollupIndex() };
  /** Groups of which a push was refused for load since the last tick. */
  const signed = new Set<string>();
  let isDraining = false;
  let scrapes = 0;
  const coordinator = createThreadCoordinator({
    threads,
    partitions,
    all,
    registry,
    nowMs: () => clock.nowMs(),
    log: deps.log,
    keeps: deps.keeps,
    onOutage: watchClock,
  });

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

  return {
    async push(key, method, body, format) {
      deps.onBody(body.bytes.length);
      const partition = partitionOf(key.canonical, partitions);
      const command = { kind: "push", method, key, body: body.bytes, format, ...now() } as const;
      try {
        return await all.threadOf(partition).submit({ kind: "push", partition, command });
      } finally {
        bodies.give(body.memory);
      }
    },
    delete(key) {
      const partition = partitionOf(key.canonical, partitions);
      return all.threadOf(partition).submit({
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
      void all.threadOf(partition).submit({
        kind: "command",
        partition,
        command: { kind: "sign", key, ...now() },
      });
    },
    scrape(view, format, asked) {
      scrapes += 1;
      const wanted = { scrape: scrapes, view, format, asked, observedMs: now().observedMs };
      return scrapeThreads(all, wanted, () => refusals.list(), memory, deps);
    },
    familiesToForward: () => familiesToForward(all, now().observedMs, memory, deps),
    async explain(text) {
      const parsed = parseSelector(text);
      if (!parsed.ok) return { ok: false, message: `character ${parsed.at + 1}: ${parsed.message}` };
      const { selector } = parsed;
      const { observedMs } = now();
      // One more than is shown tells that there are more.
      const most = MAX_EXPLAINED + 1;
      const parts = await all.gatherParts((thread) =>
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
      const found = await all.gather((thread) => thread.ask<Undoable[]>({ kind: "undoables", selectors }));
      const undoable = mergeUndoables(found.flat());
      for (const mark of undoable.marks) coordinator.knowledge.unmark(mark);
      await all.change(async (thread) => {
        for (const { job, family } of undoable.marks) {
          void all.tell(thread, { kind: "unmark", job, family });
        }
        // A thread follows its orders in turn.
        return await all.tell(thread, { kind: "renew", outputs: undoable.outputs });
      });
      return { ok: true, ...undoable };
    },
    onResult: coordinator.onResult,
    onRestart: coordinator.onRestart,
    configure: coordinator.configure,
    ...createThreadGroups({ threads, threadOf: all.threadOf, change: all.change, now }),
    health(): Health {
      const unready = isDraining ? "the relay is shutting down" : outage();
      const unhealthy = threads.map((thread) => thread.failure()).find((reason) => reason !== undefined);
      return { unhealthy, unready };
    },
    tick() {
      watchClock();
      signed.clear();
      const { observedMs } = now();
      for (const thread of threads) {
        // Another batch makes a thread whose store is out try again.
        if (thread.nextDueMs() > observedMs && thread.outage() === undefined) continue;
        void all.tell(thread, { kind: "tick" });
      }
    },
    forgetIdleOutputs: () => forgetIdleOutputs(threads, coordinator.boundarySets, now),
    drain() {
      isDraining = true;
      watchClock();
    },
  };
}

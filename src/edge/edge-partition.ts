import { createNameSets, namesIn } from "../core/coordinator/name-sets.ts";
import type { Refusals } from "../core/coordinator/refusals.ts";
import { createRefusals } from "../core/coordinator/refusals.ts";
import type { TextKeeper } from "../core/layout-text/layout-text.ts";
import type { Refusal, UntimedCommand } from "../core/partition/commands.ts";
import type { Settings } from "../core/partition/settings.ts";
import type { AskedQuestion, BatchResult, NumberedOrder, Order } from "../core/shard/messages.ts";
import type { OutOfRoom } from "../core/shard/room.ts";
import type { Shard } from "../core/shard/shard.ts";
import { createShard } from "../core/shard/shard.ts";
import type { PartitionStore } from "../core/shard/store.ts";
import { nodeBytes } from "../platform/bytes.ts";
import { compileRegex } from "../platform/promql/regex.ts";
import type { PartitionFacts } from "./own-families.ts";
import type { PartitionReport, Place, RegistryPort, SentPush } from "./ports.ts";
import { inVariables } from "./read-env.ts";
import type { SiteClock } from "./site-clock.ts";
import { observedAt, wallTimeOf } from "./site-clock.ts";

export interface EdgePartitionDeps {
  readonly place: Place;
  readonly store: PartitionStore;
  readonly settings: Settings;
  readonly texts: TextKeeper;
  /** A stub does not outlive an error of its object, so there is a new one for each call. */
  registry(this: void): RegistryPort;
  wallMs(this: void): number;
  /** To be called back at that Unix time, or before. */
  wakeAt(this: void, wallMs: number): void;
  readonly outOfRoom: OutOfRoom;
  /** Ends the object: what is in memory cannot be gone on from. */
  fail(this: void, reason: string): void;
}

/** A partition whose shard is a Durable Object. What it answers, the platform holds back until it is stored. */
export interface EdgePartition {
  readonly place: Place;
  /** What it can be asked; nothing of it changes anything. */
  readonly shard: Shard;
  /** Pushes of this partition that were not taken since it was loaded. */
  readonly refusals: Refusals;
  /** About how much memory it takes, in bytes. */
  footprint(): number;
  facts(this: void): PartitionFacts;
  push(push: SentPush, body: Uint8Array): Promise<Refusal | undefined>;
  follow(command: UntimedCommand): Promise<Refusal | undefined>;
  /** Takes silent sources out. */
  wake(): Promise<void>;
  /** A registry that begins anew asks. */
  report(life: string, clock: SiteClock): PartitionReport;
}

/** Throws where the store cannot be read. */
export function createEdgePartition(deps: EdgePartitionDeps): EdgePartition {
  const { place, store, wallMs } = deps;
  const { partition } = place;
  const { settings, texts, outOfRoom } = deps;
  const shard = createShard(
    [partition],
    store,
    nodeBytes,
    compileRegex,
    settings,
    texts,
    wallMs(),
    outOfRoom,
  );
  const refusals = createRefusals();
  const replies = new Map<number, (refusal: Refusal | undefined) => void>();
  let nextId = 1;
  let latestMs = store.observedMs();
  let joined: Promise<SiteClock> | undefined;
  let life = "";
  /** Undefined since more or less is held. */
  let footprint: number | undefined;
  let pushes = 0;
  let pushBytes = 0;

  /** Nothing happens to a partition before the registry knows what it has loaded. */
  async function join(): Promise<SiteClock> {
    joined ??= sayHello();
    try {
      return await joined;
    } catch (error) {
      joined = undefined;
      throw error;
    }
  }

  async function sayHello(): Promise<SiteClock> {
    const welcome = await deps.registry().hello(place, reportNow());
    ({ life } = welcome);
    for (const telling of welcome.tellings) void runCommand(telling, welcome.clock);
    return welcome.clock;
  }

  function reportNow(): PartitionReport {
    const names = createNameSets();
    for (const { labels } of shard.groups(0)) names.note(namesIn(labels));
    return { ...shard.reportNow(), nameSets: names.othersThan([]) };
  }

  function now(clock: SiteClock): { observedMs: number; wallMs: number } {
    const at = wallMs();
    latestMs = Math.max(latestMs, observedAt(clock, at));
    return { observedMs: latestMs, wallMs: at };
  }

  function takeId(): number {
    nextId += 1;
    return nextId;
  }

  function runCommand(command: UntimedCommand, clock: SiteClock): Promise<Refusal | undefined> {
    const timed = { ...command, ...now(clock) };
    return submit({ kind: "command", id: takeId(), partition, command: timed }, clock);
  }

  function submit(order: NumberedOrder, clock: SiteClock): Promise<Refusal | undefined> {
    const answered = new Promise<Refusal | undefined>((resolve) => replies.set(order.id, resolve));
    run(order, clock);
    return answered;
  }

  function run(order: Order, clock: SiteClock): void {
    const result = shard.run({ orders: [order] });
    if (result.sizes.length > 0 || result.reloaded !== undefined) footprint = undefined;
    tellRegistry(result);
    for (const { id, refusal } of result.replies) {
      replies.get(id)?.(refusal);
      replies.delete(id);
    }
    for (const asked of result.questions) void ask(asked, clock);
    if (Number.isFinite(result.nextDueMs)) deps.wakeAt(Math.ceil(wallTimeOf(clock, result.nextDueMs)));
  }

  function tellRegistry({ released, marks, reloaded }: BatchResult): void {
    // What the store has refused is as it was before: the registry must hear of that first.
    if (reloaded !== undefined) joined = undefined;
    else if (released.length + marks.length > 0) {
      deps.registry().note(place, released, marks).catch(failed);
    }
  }

  async function ask({ id, question }: AskedQuestion, clock: SiteClock): Promise<void> {
    try {
      let decision = await deps.registry().decide(place, id, question);
      // One that has begun anew since then knows nothing of that decision.
      while (decision.life !== life) decision = await deps.registry().decide(place, id, question);
      for (const telling of decision.tellings) void runCommand(telling, clock);
      run({ kind: "verdict", id, verdict: decision.verdict }, clock);
      await deps.registry().settled(place, id);
    } catch (error) {
      failed(error);
    }
  }

  /** It begins anew from what is stored, and says hello again. */
  function failed(error: unknown): void {
    deps.fail(`the registry did not answer: ${error instanceof Error ? error.message : String(error)}`);
  }

  async function noted(
    key: SentPush["key"],
    outcome: Promise<Refusal | undefined>,
  ): Promise<Refusal | undefined> {
    const given = await outcome;
    if (given === undefined) return undefined;
    const refusal = inVariables(given);
    refusals.note({ key, reason: refusal.code, message: refusal.message, wallMs: wallMs() });
    return refusal;
  }

  const footprintNow = (): number => (footprint ??= shard.footprint());

  return {
    place,
    shard,
    refusals,
    footprint: footprintNow,
    facts: () => ({ pushes, pushBytes, footprint: footprintNow() }),
    async push({ key, method, format }, body) {
      const clock = await join();
      const command = { kind: "push", method, key, body, format, ...now(clock) } as const;
      const refusal = await noted(key, submit({ kind: "push", id: takeId(), partition, command }, clock));
      if (refusal === undefined) {
        pushes += 1;
        pushBytes += body.length;
      }
      return refusal;
    },
    async follow(command) {
      return await runCommand(command, await join());
    },
    async wake() {
      await runCommand({ kind: "tick" }, await join());
    },
    report(newLife, clock) {
      life = newLife;
      joined = Promise.resolve(clock);
      return reportNow();
    },
  };
}

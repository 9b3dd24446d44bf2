import type { Command, PushCommand, RulesCommand } from "../partition/commands.ts";
import type { Partition } from "../partition/partition.ts";
import type { LogRecord } from "../store/log-record.ts";
import { recordCommand } from "../store/log-record.ts";
import { internal, stackOf, TAKEN_BACK } from "./failures.ts";
import { partitionIn } from "./holdings.ts";
import type { AskedQuestion, BatchResult, Bug, NumberedOrder, Order, Reply } from "./messages.ts";
import type { PushContext } from "./take-push.ts";
import { createPushTaker } from "./take-push.ts";

/** What a batch finds, and what it may change. */
export interface OrderContext extends Omit<PushContext, "replies" | "questions" | "change"> {
  readonly partitionNumbers: readonly number[];
  /** Brings what waits under new rules, and the surroundings. */
  followRules(command: RulesCommand): void;
  noteTime(observedMs: number): void;
}

/** Follows the orders one after the other. Nothing of what they do is committed yet. */
export function runOrders(
  orders: readonly Order[],
  context: OrderContext,
): Pick<BatchResult, "replies" | "questions" | "bugs"> {
  const { held, waiting, room, surroundings } = context;
  const { ledger, journal } = held;
  const replies: Reply[] = [];
  const questions: AskedQuestion[] = [];
  const bugs: Bug[] = [];
  /** The partition to which something is happening, and whether the journal has it. */
  let changing: { readonly number: number; readonly isNoted: boolean } | undefined;
  const taker = createPushTaker({ ...context, replies, questions, change });

  function follow(order: Order): void {
    if (order.kind === "verdict") {
      settle(order);
      return;
    }
    if (order.kind === "elsewhere") {
      room.noteElsewhere(order.sizes);
      return;
    }
    const key = "key" in order.command ? order.command.key.canonical : undefined;
    const ahead = key === undefined ? undefined : waiting.get(key);
    if (ahead !== undefined) {
      ahead.behind.push(order);
      return;
    }
    context.noteTime(order.command.observedMs);
    guarded(order, () => {
      if (order.kind === "push") taker.start(order);
      else applyCommand(order);
    });
  }

  function settle({ id, verdict }: Extract<Order, { kind: "verdict" }>): void {
    const asked = taker.takeWaiting(id);
    // The thread that asked has died, and this is the one after it.
    if (asked === undefined) return;
    guarded(asked.push, () => taker.settle(asked, verdict));
    for (const order of asked.behind) follow(order);
  }

  function guarded(order: NumberedOrder, work: () => void): void {
    try {
      work();
    } catch (error) {
      fail(order, error);
    }
  }

  /** A bug may have left half of it behind. Nothing goes on from there: the partition is what it was before. */
  function fail({ id }: NumberedOrder, error: unknown): void {
    replies.push({ id, refusal: internal(error) });
    bugs.push({ stack: stackOf(error), partition: changing?.number });
    if (changing === undefined) return;
    const { number, isNoted } = changing;
    changing = undefined;
    // They were read by the side of what is gone.
    for (const [key, each] of waiting) {
      if (each.push.partition !== number) continue;
      waiting.delete(key);
      ledger.unpin(each.families);
      ledger.trust(each.freed);
      for (const order of [each.push, ...each.behind]) replies.push({ id: order.id, refusal: TAKEN_BACK });
    }
    const { sizes } = partitionIn(held, number);
    room.noteTakenBack(sizes.list().map(({ job }) => job));
    if (isNoted) journal?.retract(number);
    held.takeBack(number, journal?.noted(number) ?? []);
  }

  /** Notes what is about to happen to a partition, and lets it happen. */
  function change<T>(number: number, record: LogRecord | undefined, apply: (partition: Partition) => T): T {
    if (record !== undefined) journal?.note(number, record);
    changing = { number, isNoted: record !== undefined };
    const result = apply(partitionIn(held, number));
    changing = undefined;
    return result;
  }

  function applyCommand({ id, partition: only, command }: Extract<Order, { kind: "command" }>): void {
    const before = { ...surroundings };
    if (command.kind === "rules") context.followRules(command);
    for (const number of only === undefined ? context.partitionNumbers : [only]) {
      if (isIdle(partitionIn(held, number), command)) continue;
      change(number, recordCommand(command), (each) => {
        if (command.kind === "rules") each.reload(command, before);
        else each.apply(command);
      });
    }
    replies.push({ id, refusal: undefined });
  }

  for (const order of orders) follow(order);
  return { replies, questions, bugs };
}

/** Nothing comes of a tick before its time. */
function isIdle(partition: Partition, command: Exclude<Command, PushCommand>): boolean {
  return command.kind === "tick" && command.observedMs < partition.nextDueMs();
}

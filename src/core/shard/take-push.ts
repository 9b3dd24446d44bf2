import type { Refusal } from "../partition/commands.ts";
import type { JobSize } from "../partition/job-sizes.ts";
import type { Partition, Verdict } from "../partition/partition.ts";
import type { NewBody, Prepared } from "../partition/prepare.ts";
import type { Surroundings } from "../partition/state.ts";
import type { LogRecord } from "../store/log-record.ts";
import { recordCommand, recordPush } from "../store/log-record.ts";
import type { Holdings } from "./holdings.ts";
import { partitionIn } from "./holdings.ts";
import { knownConflicts } from "./known-conflicts.ts";
import { evictionOf } from "./make-room.ts";
import type { AskedQuestion, Reply } from "./messages.ts";
import type { OutOfRoom, Room } from "./room.ts";
import type { Push, Waiting } from "./waiting.ts";

export interface PushContext {
  readonly held: Holdings;
  /** By canonical key. */
  readonly waiting: Map<string, Waiting>;
  readonly room: Room;
  readonly outOfRoom: OutOfRoom;
  readonly surroundings: Surroundings;
  readonly replies: Reply[];
  readonly questions: AskedQuestion[];
  /** Lets something happen to a partition, of which the record is kept. */
  change<T>(this: void, number: number, record: LogRecord | undefined, apply: (partition: Partition) => T): T;
}

/** How a push gets into its partition: at once, or when the coordinator has said what it thinks of new families. */
export interface PushTaker {
  start(push: Push): void;
  /** Takes the push that has asked under that number from those that wait. */
  takeWaiting(id: number): Waiting | undefined;
  settle(asked: Waiting, verdict: Verdict): void;
}

const NO_CONFLICTS: Verdict = { conflicts: [], boundarySets: [] };

export function createPushTaker(context: PushContext): PushTaker {
  const { held, waiting, room, surroundings, replies, change } = context;
  const { ledger, journal } = held;

  function ask(push: Push, partition: Partition, body: NewBody, growth: JobSize): void {
    const question = partition.question(push.command, body);
    const freed = question.replaces.filter((name) => ledger.isUsedOnce(name));
    const open = new Set(freed);
    const news = question.families.filter(({ name }) => ledger.typeOf(name) === undefined || open.has(name));
    const asked = news.map(({ name }) => name);
    const conflicts = knownConflicts(ledger, question.families, asked);
    const { inferred, histograms } = question;
    // Whether another group shows one of the series is not known here.
    const isSettled = body.isLenient && news.length === 0 && inferred.length === 0 && histograms.length === 0;
    if (isSettled || (conflicts.length > 0 && !body.isLenient)) {
      finish(push, body, { conflicts, boundarySets: [] });
      return;
    }
    // Those that are known as well: whoever has them now may give them up.
    const { families } = question;
    ledger.pin(families);
    ledger.doubt(freed);
    const { canonical } = push.command.key;
    waiting.set(canonical, { push, body, families, conflicts, freed, behind: [], growth });
    context.questions.push({ id: push.id, question: { ...question, families: news, replaces: freed } });
  }

  /** Why there is none for the push. Before that, sources that have departed make room for one that is there. */
  function findRoom({ command }: Push, growth: JobSize): Refusal | undefined {
    const claimed = Array.from(waiting.values(), (each) => each.growth);
    const { settings: bounds } = surroundings;
    const refusal = room.refusal(growth, claimed, bounds);
    if (refusal?.code !== "too_many_sources") return refusal;
    const eviction = evictionOf(held.partitions.values(), bounds.maxSources, command);
    if (eviction === undefined) return refusal;
    for (const [number, partition] of held.partitions) {
      if (!eviction.concerns(partition)) continue;
      change(number, recordCommand(eviction.command), (each) => each.apply(eviction.command));
    }
    return room.refusal(growth, claimed, bounds);
  }

  function finish(push: Push, prepared: Prepared, verdict: Verdict): void {
    const { command } = push;
    const record = journal && recordPush(command, prepared, verdict);
    const refusal = change(push.partition, record, (each) => each.push(command, prepared, verdict));
    replies.push({ id: push.id, refusal });
  }

  return {
    start(push) {
      const partition = partitionIn(held, push.partition);
      const prepared = partition.prepare(push.command);
      if (prepared.kind === "known") {
        finish(push, prepared, NO_CONFLICTS);
        return;
      }
      const growth = partition.growth(push.command, prepared);
      const crowded = findRoom(push, growth) ?? context.outOfRoom(growth);
      if (crowded !== undefined) {
        // What is wrong with a body is more to its sender than that there is no room for it.
        const refusal = prepared.kind === "refused" ? prepared.refusal : crowded;
        replies.push({ id: push.id, refusal });
      } else if (prepared.kind === "new") ask(push, partition, prepared, growth);
      else finish(push, prepared, NO_CONFLICTS);
    },
    takeWaiting(id) {
      const found = [...waiting].find(([, { push }]) => push.id === id);
      if (found === undefined) return undefined;
      const [key, asked] = found;
      waiting.delete(key);
      ledger.unpin(asked.families);
      ledger.trust(asked.freed);
      return asked;
    },
    settle({ push, body, families, conflicts }, verdict) {
      const all = [...conflicts, ...verdict.conflicts];
      const refused = new Set(all.map(({ family }) => family));
      const isTaken = body.isLenient || all.length === 0;
      for (const { name, type } of families) {
        if (isTaken && !refused.has(name)) ledger.register(name, type);
      }
      finish(push, body, { ...verdict, conflicts: all });
    },
  };
}

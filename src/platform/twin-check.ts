import type { NameSets } from "../core/coordinator/name-sets.ts";
import type { Question, Verdict } from "../core/partition/partition.ts";
import type { Suspect } from "../core/partition/twins.ts";
import { partitionOf } from "../core/partition-of.ts";

/** How shards are asked, by their numbers. */
export interface TwinCheckDeps {
  readonly partitions: number;
  /** What groups whose keys have these names may show too of the push that has asked under that number. */
  suspects(
    this: void,
    shard: number,
    id: number,
    nameSets: readonly (readonly string[])[],
  ): Promise<readonly Suspect[]>;
  /** Those of the series that kept groups of the partition show. */
  twins(this: void, partition: number, suspects: readonly Suspect[]): Promise<Verdict["conflicts"]>;
}

/** What is to be known of a push before it is decided about. */
export interface Asking {
  /** Whether no other group may show one of its series. */
  readonly isKept: boolean;
  /** Which other labels keys of kept groups have. */
  readonly nameSets: readonly (readonly string[])[];
  /** Families that its shard has asked about. */
  readonly families: readonly string[];
  /** Those of them that are free for another type once it is applied. */
  readonly replaces: readonly string[];
}

/** What a question says of that. The names of its key are known from then on. */
export function askingOf(
  { isLenient, groupingNames, families, replaces }: Question,
  nameSets: NameSets,
): Asking {
  if (!isLenient) nameSets.note(groupingNames);
  return {
    isKept: !isLenient,
    nameSets: isLenient ? [] : nameSets.othersThan(groupingNames),
    families: families.map(({ name }) => name),
    replaces,
  };
}

/**
 * Brings the decisions about pushes into an order in which none rests on what another is about to change, and finds
 * out whether a push has series that another group shows, which only that group's shard knows.
 */
export interface TwinCheck {
  /**
   * `decide` is told what stands against the push, at once if it can be, and not at all if the push is over before. One
   * that may be the twin of an earlier one waits until that is over, as only what is applied can be seen; one with a
   * family whose type an earlier one of its shard is about to give up, until that is decided.
   */
  run(
    shard: number,
    id: number,
    asking: Asking,
    decide: (conflicts: Verdict["conflicts"]) => void,
  ): Promise<void>;
  /** A push of that shard has been answered. */
  noteReply(shard: number, id: number): void;
  /** The shard has died, and none of its pushes will be. */
  noteRestart(shard: number): void;
}

/** A push that has asked and has no answer yet. */
interface UnderWay {
  readonly shard: number;
  readonly asking: Asking;
  /** Applied or refused, be it for another reason while its twins are looked for. */
  isOver: boolean;
  readonly over: PromiseWithResolvers<void>;
  readonly decided: PromiseWithResolvers<void>;
}

export function createTwinCheck({ partitions, suspects: suspectsOf, twins }: TwinCheckDeps): TwinCheck {
  /** By shard and push, in the order in which they have asked. */
  const underWay = new Map<string, UnderWay>();

  async function findTwins(suspects: readonly Suspect[]): Promise<Verdict["conflicts"]> {
    const byPartition = Map.groupBy(suspects, ({ canonicalKey }) => partitionOf(canonicalKey, partitions));
    const found = await Promise.all([...byPartition].map(([partition, some]) => twins(partition, some)));
    return found.flat();
  }

  function end(key: string): void {
    const push = underWay.get(key);
    if (push === undefined) return;
    push.isOver = true;
    push.over.resolve();
    push.decided.resolve();
    underWay.delete(key);
  }

  return {
    async run(shard, id, asking, decide) {
      const key = `${shard} ${id}`;
      const earlier = [...underWay.values()];
      const givingUp = earlier.filter((each) => each.shard === shard && sharesFamily(each.asking, asking));
      const push: UnderWay = {
        shard,
        asking,
        isOver: false,
        over: Promise.withResolvers(),
        decided: Promise.withResolvers(),
      };
      underWay.set(key, push);
      try {
        let conflicts: Verdict["conflicts"] = [];
        const isAlone = !asking.isKept || asking.nameSets.length === 0;
        const suspects = isAlone ? [] : await suspectsOf(shard, id, asking.nameSets);
        if (suspects.length > 0) {
          // Also those without a twin among what was known: this may be the one.
          await Promise.all(earlier.filter(isKept).map(({ over }) => over.promise));
          if (!push.isOver) conflicts = await findTwins(suspects);
        }
        if (givingUp.length > 0) await Promise.all(givingUp.map(({ decided }) => decided.promise));
        if (!push.isOver) decide(conflicts);
        push.decided.resolve();
      } catch (error) {
        end(key);
        throw error;
      }
    },
    noteReply: (shard, id) => end(`${shard} ${id}`),
    noteRestart(shard) {
      for (const [key, push] of underWay) if (push.shard === shard) end(key);
    },
  };
}

function sharesFamily({ replaces }: Asking, { families }: Asking): boolean {
  return replaces.some((name) => families.includes(name));
}

function isKept({ asking }: UnderWay): boolean {
  return asking.isKept;
}

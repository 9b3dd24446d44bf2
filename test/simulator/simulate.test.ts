import { expect, test } from "vitest";
import type { Mutants } from "./simulate.ts";
import { simulate } from "./simulate.ts";

const FOR_AS_LONG_AS_IT_TAKES_MS = 600_000;

test(
  "whatever the scheduler makes of clients, threads, the disk and crashes, every promise is kept",
  async () => {
    for (let seed = 1; seed <= 60; seed += 1) await simulate(seed);
  },
  FOR_AS_LONG_AS_IT_TAKES_MS,
);

/** A simulator that finds none of these finds nothing. */
const MUTANTS: { readonly [bug: string]: Mutants } = {
  "a commit returns before it is durable": { isUnsynced: true },
  "a commit that fails does not say so": { hidesFailures: true },
  "one commit in ten is not written": { skipsOneIn: 10 },
  "what was written last is not read again": { forgetsTheLast: true },
  "the result of a batch never comes": {
    changePool: (start) => (onDeath) => {
      const pool = start(onDeath);
      let runs = 0;
      return {
        ...pool,
        run(task) {
          if (task.kind === "run") runs += 1;
          const result = pool.run(task);
          return task.kind === "run" && runs === 5 ? new Promise(() => {}) : result;
        },
      };
    },
  },
  "the orders of a batch are followed backwards": {
    changePool: (start) => (onDeath) => {
      const pool = start(onDeath);
      return {
        ...pool,
        run: (task) =>
          pool.run(
            task.kind === "run" ? { ...task, batch: { orders: task.batch.orders.toReversed() } } : task,
          ),
      };
    },
  },
};

test.each(Object.entries(MUTANTS))(
  "it is found that %s",
  async (_bug, mutants) => {
    const found = async (): Promise<string> => {
      for (let seed = 1; seed <= 40; seed += 1) {
        try {
          await simulate(seed, mutants);
        } catch (error) {
          return String(error);
        }
      }
      return "nothing";
    };
    expect(await found()).toMatch(/^Error: seed \d+: Error: /);
  },
  FOR_AS_LONG_AS_IT_TAKES_MS,
);

async function historyOf(seed: number, mutants: Mutants): Promise<string> {
  const error: unknown = await simulate(seed, mutants).catch((thrown: unknown) => thrown);
  return String(error).replaceAll(/^ +at .*\n/gm, "");
}

test(
  "a seed is the same history each time",
  async () => {
    const first = await historyOf(3, { isUnsynced: true, skipsOneIn: 3 });
    expect(first).toMatch(/^Error: seed 3: .*\n(?:.*\n)*after \d+ steps:/);
    expect(await historyOf(3, { isUnsynced: true, skipsOneIn: 3 })).toBe(first);
  },
  FOR_AS_LONG_AS_IT_TAKES_MS,
);

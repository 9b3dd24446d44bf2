import { expect, test } from "vitest";
import type { Suspect } from "../../src/core/partition/twins.ts";
import type { Asking, TwinCheck } from "../../src/platform/twin-check.ts";
import { createTwinCheck } from "../../src/platform/twin-check.ts";

const SUSPECT: Suspect = { canonicalKey: '{job="j"}', family: "m", labels: '{job="j"}' };
const CONFLICT = { family: "m", reason: "it is there" };
const ALONE: Asking = { isKept: true, nameSets: [], families: ["m"], replaces: [] };
const SUSPECTED: Asking = { ...ALONE, nameSets: [["job"]] };

/** What was decided, in order; twins are looked for when `look` is called. */
function newCheck(): {
  check: TwinCheck;
  decided: string[];
  run(this: void, id: number, asking: Asking): Promise<void>;
  look(this: void): Promise<void>;
} {
  const decided: string[] = [];
  const looks: (() => void)[] = [];
  const check = createTwinCheck({
    partitions: 1,
    suspects: async () => [SUSPECT],
    twins: () =>
      new Promise((resolve) => {
        looks.push(() => resolve([CONFLICT]));
      }),
  });
  return {
    check,
    decided,
    run: (id, asking) => check.run(0, id, asking, (known) => decided.push(`${id}: ${known.length}`)),
    async look() {
      await settle();
      for (const look of looks.splice(0)) look();
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("a push that nothing can be the twin of is decided at once", () => {
  const { run, decided } = newCheck();
  void run(1, ALONE);
  void run(2, { ...SUSPECTED, isKept: false });
  expect(decided).toEqual(["1: 0", "2: 0"]);
});

test("a push with suspects waits for those before it, though they had none, and sees them then", async () => {
  const { check, run, look, decided } = newCheck();
  await run(1, ALONE);
  const second = run(2, SUSPECTED);
  await look();
  expect(decided).toEqual(["1: 0"]);
  check.noteReply(0, 1);
  await look();
  await second;
  expect(decided).toEqual(["1: 0", "2: 1"]);
});

test("a push that is refused while its twins are looked for is not decided, and holds nobody up", async () => {
  const { check, run, look, decided } = newCheck();
  const first = run(1, SUSPECTED);
  const second = run(2, SUSPECTED);
  await settle();
  check.noteReply(0, 1);
  await look();
  await look();
  await Promise.all([first, second]);
  expect(decided).toEqual(["2: 1"]);
});

test("the pushes of a shard that has died are over, and are not decided", async () => {
  const { check, run, look, decided } = newCheck();
  const first = run(1, SUSPECTED);
  await settle();
  check.noteRestart(0);
  await look();
  await first;
  await run(2, ALONE);
  expect(decided).toEqual(["2: 0"]);
});

test("who has a family whose type an earlier push is about to give up waits for the decision about that", async () => {
  const { run, look, decided, check } = newCheck();
  const first = run(1, { ...SUSPECTED, replaces: ["m"] });
  const second = run(2, ALONE);
  const third = run(3, { ...ALONE, families: ["n"] });
  expect(decided).toEqual(["3: 0"]);
  await look();
  await Promise.all([first, second, third]);
  expect(decided).toEqual(["3: 0", "1: 1", "2: 0"]);
  check.noteReply(0, 1);
});

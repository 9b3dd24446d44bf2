import { afterAll, describe, expect, test } from "vitest";
import { fuzzTarget } from "./fuzz-target.ts";
import type { Target } from "./target.ts";
import { openTargets } from "./targets.ts";

/** So many inputs of each take some seconds; `npm run fuzz` takes as long as one has. */
const INPUTS: ReadonlyMap<string, number> = new Map([
  ["text", 3_000],
  ["fast path", 3_000],
  ["openmetrics", 5_000],
  ["protobuf", 5_000],
  ["gzip", 400],
  ["snappy", 400],
  ["zstd", 400],
  ["selector", 2_000],
  ["grouping key", 10_000],
  ["config file", 300],
  ["relay", 40],
  ["relay, UTF-8", 40],
  ["http", 150],
]);
const FOR_AS_LONG_AS_IT_TAKES_MS = 600_000;

describe("whatever is sent", () => {
  const targets = openTargets();
  afterAll(async () => {
    await Promise.all(targets.map(async (target) => await target.close?.()));
  });

  test.each(targets.map((target) => [target.name, target] as const))(
    "%s keeps its promises",
    async (name, target) => {
      const most = INPUTS.get(name) ?? 0;
      const { inputs, failure } = await fuzzTarget(target, 1, (count) => count >= most);
      expect(failure?.message).toBeUndefined();
      expect(inputs).toBeGreaterThan(0);
    },
    FOR_AS_LONG_AS_IT_TAKES_MS,
  );
});

test("what breaks a promise is found again by its seed, and made small", async () => {
  const [text] = openTargets();
  if (text === undefined) throw new Error("there are no targets");
  const broken: Target = {
    ...text,
    check(input) {
      if (Buffer.from(input).includes("quantile")) throw new Error("it has a quantile");
    },
  };
  const [first, again] = [await fuzzTarget(broken, 7, () => false), await fuzzTarget(broken, 7, () => false)];
  expect(again.inputs).toBe(first.inputs);
  expect(first.failure?.message).toContain(`text, seed 7, input ${first.inputs}: Error: it has a quantile`);
  for (const { failure } of [first, again]) {
    expect(Buffer.from(failure?.input ?? []).toString()).toBe("quantile");
  }
});

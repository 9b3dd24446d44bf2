import { expect, test } from "vitest";
import { startRelay } from "./running-relay.ts";

test("of two groups that push one series at once, one is refused, whichever it is", async () => {
  await using relay = await startRelay({ threads: 2 });
  // Both kinds of keys are known.
  await relay.push("/metrics/job/first", "x 1\n");
  await relay.push("/metrics/job/first/l/v", "x 1\n");
  for (let i = 0; i < 20; i += 1) {
    const [a, b] = await Promise.all([
      relay.push(`/metrics/job/j${i}`, 'm{l="v"} 1\n'),
      relay.push(`/metrics/job/j${i}/l/v`, "m 1\n"),
    ]);
    expect([a.status, b.status].toSorted((x, y) => x - y)).toEqual([200, 400]);
    expect((await relay.view("raw")).match(new RegExp(`^m\\{.*job="j${i}"`, "gm"))).toHaveLength(1);
  }
});

test("a group that was stored by a process before is known to the next", async () => {
  await using relay = await startRelay();
  await relay.push("/metrics/job/j/l/v", "m 1\n");
  const { status, text } = await relay.push("/metrics/job/j", 'm{l="v"} 1\n');
  expect([status, text]).toEqual([400, expect.stringContaining('in the group "{job=\\"j\\",l=\\"v\\"}"\n')]);
});

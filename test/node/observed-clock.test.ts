import { expect, test } from "vitest";
import { createObservedClock } from "../../src/node/observed-clock.ts";

test("observed time runs only while the relay takes pushes", () => {
  let nowMs = 5_000;
  const clock = createObservedClock(() => nowMs);
  const pass = (ms: number): number => {
    nowMs += ms;
    return clock.nowMs();
  };
  expect(pass(1_000)).toBe(0);
  clock.run();
  expect(pass(1_000)).toBe(1_000);
  clock.run();
  expect(pass(500)).toBe(1_500);
  clock.stop();
  expect(pass(60_000)).toBe(1_500);
  clock.stop();
  clock.run();
  expect(pass(10)).toBe(1_510);
});

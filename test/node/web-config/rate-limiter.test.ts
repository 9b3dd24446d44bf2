import { expect, test } from "vitest";
import { createRateLimiter } from "../../../src/node/web-config/rate-limiter.ts";

test("a burst goes through, then one for each interval", () => {
  const take = createRateLimiter();
  const limit = { intervalMs: 1000, burst: 2 };
  expect([0, 0, 0, 500, 1000, 1000].map((nowMs) => take(limit, nowMs))).toEqual([0, 0, 1000, 500, 0, 1000]);
});

test("what is not used is kept up to the burst", () => {
  const take = createRateLimiter();
  const limit = { intervalMs: 10, burst: 2 };
  expect([0, 0, 0, 99_000, 99_000, 99_000].map((nowMs) => take(limit, nowMs))).toEqual([0, 0, 10, 0, 0, 10]);
});

test("a burst of none lets nobody through", () => {
  const take = createRateLimiter();
  const limit = { intervalMs: 1000, burst: 0 };
  expect([0, 5000, 900_000].map((nowMs) => take(limit, nowMs))).toEqual([1000, 1000, 1000]);
});

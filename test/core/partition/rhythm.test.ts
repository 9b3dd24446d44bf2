import { describe, expect, test } from "vitest";
import type { Rhythm, StalenessSetting } from "../../../src/core/partition/rhythm.ts";
import { createRhythm, notePush, silenceLimitMs } from "../../../src/core/partition/rhythm.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A source that pushed once and then with these gaps. */
function rhythmOf(...gapsMs: readonly number[]): Rhythm {
  const rhythm = createRhythm();
  let atMs = 7 * SECOND;
  notePush(rhythm, atMs, false);
  for (const gapMs of gapsMs) notePush(rhythm, (atMs += gapMs), false);
  return rhythm;
}

function times(count: number, gapMs: number): number[] {
  return Array.from({ length: count }, () => gapMs);
}

describe("by itself a source may be silent", () => {
  test.each<[string, number, number[]]>([
    ["five minutes as long as it has pushed once", 5 * MINUTE, []],
    ["five minutes after three gaps, which say too little", 5 * MINUTE, times(3, SECOND)],
    ["a minute at the least", MINUTE, times(4, SECOND)],
    ["a minute, up to a push every 13 s", MINUTE, times(4, 13 * SECOND)],
    ["three gaps and 20 s for the client's timeouts", 65 * SECOND, times(4, 15 * SECOND)],
    ["three of its longest gaps", 200 * SECOND, [...times(4, SECOND), MINUTE]],
    ["five minutes at the most", 5 * MINUTE, times(4, 2 * MINUTE)],
    ["twice its gap where that is longer", 20 * MINUTE, times(4, 10 * MINUTE)],
    ["as long as the last eight gaps say", MINUTE, [10 * MINUTE, ...times(8, SECOND)]],
  ])("%s", (_what, limitMs, gapsMs) => {
    expect(silenceLimitMs(rhythmOf(...gapsMs), "auto")).toBe(limitMs);
  });
});

test("a repeat of an earlier body says nothing about the interval", () => {
  const rhythm = rhythmOf(...times(4, 30 * SECOND));
  notePush(rhythm, 7 * SECOND + 121 * SECOND, true);
  notePush(rhythm, 7 * SECOND + 150 * SECOND, false);
  expect(silenceLimitMs(rhythm, "auto")).toBe(110 * SECOND);
});

test.each<[StalenessSetting, boolean, number]>([
  ["never", false, Number.POSITIVE_INFINITY],
  ["never", true, Number.POSITIVE_INFINITY],
  [90 * SECOND, false, 90 * SECOND],
  [90 * SECOND, true, 180 * SECOND],
  ["auto", true, 2 * MINUTE],
])("with staleness %s, doubled %s, the limit is %d ms", (setting, doubled, limitMs) => {
  const rhythm = rhythmOf(...times(4, SECOND));
  rhythm.doubled = doubled;
  expect(silenceLimitMs(rhythm, setting)).toBe(limitMs);
});

import type { Counted } from "../partition/group.ts";
import type { Doubt } from "../partition/counters/doubts.ts";
import type { Tombstone, Tombstones } from "../partition/counters/tombstones.ts";
import { createTombstones } from "../partition/counters/tombstones.ts";
import type { Codec } from "./codec.ts";
import { data, floats, forgotten, list, mapOf, optional, record } from "./codec.ts";
import { labelSetRef, layoutRef } from "./layout-codec.ts";
import type { Reading } from "../rollup/histogram/distribution.ts";
import { feedsRef, outputRef } from "./output-codec.ts";
import { shared } from "./shared.ts";

/** What a POST has left alone and what it has replaced may share one. */
const doubtRef: Codec<Doubt> = shared(
  "doubts",
  record({
    recent: data<number>(),
    candidate: data<Doubt["candidate"]>(),
    reset: data<Doubt["reset"]>(),
    held: data<Doubt["held"]>(),
    strikes: data<number>(),
    high: data<Doubt["high"]>(),
    misfit: data<Doubt["misfit"]>(),
    isDead: data<boolean>(),
  }),
);

export const countedCodec: Codec<Counted> = record({
  layout: layoutRef,
  feeds: feedsRef,
  last: floats,
  rests: data<Counted["rests"]>(),
  replaced: data<Set<string>>(),
  skipsSome: data<boolean>(),
  isWhole: data<boolean>(),
  doubts: mapOf<number, Doubt>(doubtRef),
  births: data<Counted["births"]>(),
  starts: optional(floats),
  // Made again when a counter falls.
  cohorts: forgotten,
});

const stoneCodec: Codec<Tombstone> = record({
  set: labelSetRef,
  name: data<string>(),
  remembered: record({
    value: data<number>(),
    rest: data<Reading["rest"]>(),
    doubt: optional(doubtRef),
    startMs: data<number>(),
    output: optional(outputRef),
  }),
  sinceMs: data<number>(),
  attemptId: data<string | undefined>(),
});

const stonesCodec = list(stoneCodec);

export const tombstonesCodec: Codec<Tombstones> = {
  write: (tombstones, writing) => stonesCodec.write([...tombstones.stones()], writing),
  read: (stored, reading) => createTombstones(stonesCodec.read(stored, reading)),
};

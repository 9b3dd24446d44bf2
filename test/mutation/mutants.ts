/** A rule of counters.md, C3, turned off by a change of one place in the source. */
export interface Mutant {
  readonly rule: string;
  readonly file: string;
  /** Stands once in the file. */
  readonly from: string;
  readonly to: string;
}

const PARTITION = "src/core/partition/";
const P = `${PARTITION}counters/`;
const COUNT = `${P}count.ts`;
const COUNTED_BODY = `${P}counted-body.ts`;
const BIRTHS = `${P}births.ts`;
const STARTS = `${P}starts.ts`;
const UNPROVEN = `${P}unproven-births.ts`;
const SUCCEED = `${P}succeed.ts`;
const FALLS = `${P}falls.ts`;
const RESETS = `${P}resets.ts`;
const COLLISIONS = `${P}collisions.ts`;
const HISTOGRAM_FEEDS = `${PARTITION}histogram-feeds.ts`;
const SETS = "src/core/coordinator/boundary-sets.ts";
const MISFITS = `${P}misfits.ts`;
const READINGS = `${P}readings.ts`;
const TOMBSTONES = `${P}tombstones.ts`;
const CLOCK = `${P}task-clock.ts`;
const TABLE = "src/core/rollup/output-table.ts";
const DISTRIBUTION = "src/core/rollup/histogram/distribution.ts";
const NATIVE = "src/core/rollup/histogram/native.ts";
const MERGED = "src/core/view/merged-output.ts";
const INDEX = "src/core/view/rollup-index.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    rule: "1: a sentinel is no value",
    file: COUNTED_BODY,
    from: "|| skips[k]?.includes(value) === true",
    to: "",
  },
  { rule: "1: a negative counter is none", file: COUNTED_BODY, from: "value >= 0 && ", to: "" },
  {
    rule: "1: an infinite counter is none",
    file: COUNT,
    from: "value > before && value !== Number.POSITIVE_INFINITY",
    to: "value > before",
  },
  {
    rule: "1: what is quarantined is told",
    file: COUNT,
    from: "report.quarantined(familyOf(counted, k))",
    to: "undefined",
  },
  {
    rule: "2: without evidence a first sight is a baseline",
    file: COUNT,
    from: `if (birth === "born") addRise`,
    to: `if (birth !== "dead") addRise`,
  },
  {
    rule: "2: a baseline is told",
    file: COUNT,
    from: `else report.uncounted("baseline", counted, k, reading.value);`,
    to: "",
  },
  {
    rule: "2a: what began after the first push counts",
    file: STARTS,
    from: "if (startMs > source.firstWallMs) return true;",
    to: "",
  },
  {
    rule: "2a: what began before it does not",
    file: STARTS,
    from: "if (!isForwarded(source.group.key.labels)) return false;",
    to: "return true;",
  },
  {
    rule: "2a: on the first push only what is young",
    file: STARTS,
    from: "firstMs - startMs <= YOUNG_MS && ",
    to: "",
  },
  {
    rule: "2a: and younger than the watch",
    file: STARTS,
    from: " && observedMs > wallMs - startMs",
    to: "",
  },
  {
    rule: "2a of forwards: what a relay's first view had not yet counts",
    file: STARTS,
    from: "if (!isForwarded(source.group.key.labels)) return false;",
    to: "return false;",
  },
  {
    rule: "2a of forwards: no other evidence does",
    file: BIRTHS,
    from: "if (isForwarded(source.group.key.labels)) return (i) => judgeForwarded(source, push, i);",
    to: "",
  },
  {
    rule: "4b of forwards: a start that moves back a little is that of the same life",
    file: STARTS,
    from: "earlierMs <= PARTITIONS_DIFFER_MS &&",
    to: "false &&",
  },
  {
    rule: "4b of forwards: one that moves back far is not",
    file: STARTS,
    from: "earlierMs <= PARTITIONS_DIFFER_MS &&",
    to: "",
  },
  {
    rule: "2a: a start in the future tells nothing",
    file: STARTS,
    from: "if (startMs > wallMs + CLOCKS_DIFFER_MS) return false;",
    to: "",
  },
  {
    rule: "2a: nor one before an eviction",
    file: STARTS,
    from: "if (startMs <= evictedMs) return false;",
    to: "",
  },
  {
    rule: "2a: an old start outweighs that the body before lacked the series",
    file: BIRTHS,
    from: `if (!Number.isNaN(startMs) && !source.hasOneWriter) return "baseline";`,
    to: "",
  },
  {
    rule: "4a: a series with a start never restarts without a later one",
    file: `${P}cohorts.ts`,
    from: " && Number.isNaN(starts?.[k] ?? Number.NaN)",
    to: "",
  },
  {
    rule: "4a: a body with an earlier start changes nothing",
    file: STARTS,
    from: "left[i] = Number.NaN;",
    to: "",
  },
  {
    rule: "4b: a later start is a new life",
    file: STARTS,
    from: " || (isLower && !Number.isNaN(known))",
    to: "",
  },
  {
    rule: "4b: also where the value is higher",
    file: STARTS,
    from: "start > source.pushedWallMs || ",
    to: "",
  },
  {
    rule: "4b: but not where the start is only reckoned anew",
    file: STARTS,
    from: "start > source.pushedWallMs || (isLower && !Number.isNaN(known))",
    to: "true",
  },
  {
    rule: "4b: a life that began before the source was heard of is a baseline",
    file: STARTS,
    from: "if (isBirth(source, push, start)) addRise",
    to: "if (true) addRise",
  },
  {
    rule: "4b: a body that begins anew is no replay",
    file: `${PARTITION}apply.ts`,
    from: "extras?.startsMs === undefined ? hash : hashBody(hash, extras.startsMs)",
    to: "hash",
  },
  {
    rule: "2b: what the previous push lacked is born",
    file: BIRTHS,
    from: "return hasSnapshot && !before.has(set, name);",
    to: "return false;",
  },
  {
    rule: "2b: what the previous push had without a value is not",
    file: BIRTHS,
    from: "&& !before.has(set, name)",
    to: "",
  },
  {
    rule: "2b: a source never heard of proves nothing",
    file: BIRTHS,
    from: `(push.method === "PUT" && wasWhole) || before.hasFamily(family)`,
    to: "true",
  },
  {
    rule: "2b: a POST is no whole snapshot",
    file: BIRTHS,
    from: `(push.method === "PUT" && wasWhole)`,
    to: `push.method === "PUT" && previous.length > 0`,
  },
  {
    rule: "2b: a POST is judged by its families",
    file: BIRTHS,
    from: `(push.method === "PUT" && wasWhole)`,
    to: "wasWhole",
  },
  {
    rule: "2b: where several may write, a birth is unproven",
    file: BIRTHS,
    from: "hasAppeared && source.hasOneWriter",
    to: "hasAppeared",
  },
  {
    rule: "2b: an unproven birth counts at last",
    file: UNPROVEN,
    from: "if (isProven) addRise(counted, k, ZERO, reading);\n    else ",
    to: "",
  },
  {
    rule: "2b: its body goes on from the one before",
    file: COUNT,
    from: `birth === "unproven" && isNext`,
    to: `birth === "unproven"`,
  },
  { rule: "2b: so does the next", file: UNPROVEN, from: "if (isProven) ", to: "if (true) " },
  { rule: "2b: with every counter that was there", file: COUNT, from: "!lacksSome && goesOn", to: "goesOn" },
  { rule: "2b: at its last value or higher", file: UNPROVEN, from: "readCount(body, k) >= last", to: "true" },
  {
    rule: "2b: not after an eviction",
    file: BIRTHS,
    from: "if (observedMs - source.unprovenMs < UNPROVEN_MS) return false;",
    to: "",
  },
  {
    rule: "2b: an attempt below the highest is a late body's",
    file: BIRTHS,
    from: "if (attempt.number < newest.number) return true;",
    to: "",
  },
  {
    rule: "2b: the highest, if it had gone, too",
    file: BIRTHS,
    from: "return newest.hasGone;",
    to: "return false;",
  },
  {
    rule: "2b: and counts nothing more",
    file: COUNT,
    from: `if (birth === "dead") doubtOf(counted, k).isDead = true;`,
    to: "",
  },
  {
    rule: "2c: a young task's counters are born",
    file: BIRTHS,
    from: "return ageMs <= YOUNG_MS && observedMs > ageMs + AGE_ERROR_MS",
    to: "return false",
  },
  { rule: "2c: an old task's are not", file: BIRTHS, from: "ageMs <= YOUNG_MS && ", to: "" },
  {
    rule: "2c: nor one older than the relay",
    file: BIRTHS,
    from: " && observedMs > ageMs + AGE_ERROR_MS",
    to: "",
  },
  { rule: "2c: a rate can tell", file: BIRTHS, from: "value <= (YOUNG_MS / 1000) * perSecond", to: "false" },
  {
    rule: "2c: unless the task has been idle for longer",
    file: BIRTHS,
    from: " && !(clock.atLeastMs(set) > YOUNG_MS)",
    to: "",
  },
  {
    rule: "2c: if the relay has watched for that long",
    file: BIRTHS,
    from: " || observedMs <= YOUNG_MS",
    to: "",
  },
  {
    rule: "2c: each attempt has an age of its own",
    file: CLOCK,
    from: `times.get(set.attemptId ?? "")`,
    to: "[...times.values()][0]",
  },
  {
    rule: "2c: not so soon after an eviction",
    file: BIRTHS,
    from: "if (evictedAgoMs < YOUNG_MS) return false;",
    to: "",
  },
  {
    rule: "2d: first seen with a proven reset is born",
    file: COUNT,
    from: `hasRestarted ? "born" : judge`,
    to: "judge",
  },
  {
    rule: "2d: of its cohort alone",
    file: COUNT,
    from: "restarted.size > 0 && restarted.has(cohortsOf(source, counted).of[k] ?? 0)",
    to: "restarted.size > 0",
  },
  {
    rule: "3: a rise adds the difference",
    file: COUNT,
    from: "addIncrease(output, before, value);",
    to: "addIncrease(output, 0, value);",
  },
  {
    rule: "4a: what is identified never restarts",
    file: FALLS,
    from: "if (mayHaveRestarted && !anonymous.has(k)) continue;",
    to: "",
  },
  {
    rule: "4a: a random suffix identifies",
    file: `${P}cohorts.ts`,
    from: " && !hasRandomSuffix(group.key.job)",
    to: "",
  },
  {
    rule: "4a: an attempt's id identifies",
    file: `${P}cohorts.ts`,
    from: "attemptId === undefined && ",
    to: "",
  },
  {
    rule: "4c: most of a cohort must have fallen",
    file: FALLS,
    from: "(fell.get(cohort) ?? 0) > (rose.get(cohort) ?? 0)",
    to: "true",
  },
  {
    rule: "4c: of a cohort, not of a body",
    file: FALLS,
    from: "fell.has(cohort)) rose.set(cohort",
    to: "fell.size > 0) for (const cohort of fell.keys()) rose.set(cohort",
  },
  { rule: "4c: a fall is a candidate", file: FALLS, from: "doubt.candidate = value;", to: "" },
  {
    rule: "4c: which the next body must not have lower",
    file: RESETS,
    from: "if (value >= candidate) {",
    to: "if (value >= 0) {",
  },
  { rule: "4c: one that is back was a replay", file: RESETS, from: "if (isBack) continue;", to: "" },
  {
    rule: "4c: and its candidate is forgotten",
    file: RESETS,
    from: "    doubt.candidate = undefined;\n    const isBack = value >= (counted.last[k] ?? Number.NaN);\n    if (isBack) continue;",
    to: "    const isBack = value >= (counted.last[k] ?? Number.NaN);\n    if (isBack) continue;\n    doubt.candidate = undefined;",
  },
  { rule: "4c: a reset counts the value", file: RESETS, from: "addRise(counted, k, ZERO, reading);", to: "" },
  {
    rule: "4c: a life of one body is told",
    file: RESETS,
    from: `report.uncounted("unconfirmed", counted, k, candidate);`,
    to: "",
  },
  {
    rule: "4c: what had departed begins anew",
    file: RESETS,
    from: "if (proven.size > 0) restartDeparted(body, proven, restarted);",
    to: "",
  },
  {
    rule: "4c: a cohort's reset is proven by most of it",
    file: RESETS,
    from: "!isStanding(body, k)",
    to: "true",
  },
  {
    rule: "4d: a body of the ring changes nothing",
    file: `${P}body-ring.ts`,
    from: "return at !== -1;",
    to: "return false;",
  },
  {
    rule: "4e: a rise to before the reset counts from there",
    file: COLLISIONS,
    from: "addRise(counted, k, prev, reading);",
    to: "addRise(counted, k, lastOf(counted, k), reading);",
  },
  {
    rule: "4e: only within ten bodies",
    file: COLLISIONS,
    from: "if (doubt.reset !== undefined && isOver(source, doubt.reset)) doubt.reset = undefined;",
    to: "",
  },
  {
    rule: "4e: what is held counts after ten bodies",
    file: COLLISIONS,
    from: "if (fits(low, prev)) addRise(counted, k, low, prev);\n  else ",
    to: "",
  },
  {
    rule: "4e: a fall to the low branch is a collision",
    file: COLLISIONS,
    from: "value < (counted.last[k] ?? Number.NaN) && value >= held.low.value",
    to: "false",
  },
  { rule: "4e: below it, it is none", file: COLLISIONS, from: " && value >= held.low.value", to: "" },
  {
    rule: "4e: what was held is told",
    file: COLLISIONS,
    from: `if (held !== undefined) report.uncounted("collision", counted, k, sizeOf(held));`,
    to: "",
  },
  {
    rule: "4e: what is frozen adds nothing",
    file: COUNT,
    from: "if (source.frozen !== undefined) followFrozen(body);",
    to: "",
  },
  {
    rule: "4e: and is told",
    file: COLLISIONS,
    from: `if (value > high.value) report.uncounted("collision", counted, k, value - high.value);`,
    to: "",
  },
  {
    rule: "4e: it thaws",
    file: COLLISIONS,
    from: "if (frozen.calmBodies >= WATCHED_BODIES) thaw(source, counted);",
    to: "",
  },
  { rule: "4e: not before ten bodies without a fall", file: COLLISIONS, from: "hasFallen ? 0 : ", to: "" },
  { rule: "4e: a collision is told", file: COLLISIONS, from: "report.collision();", to: "" },
  {
    rule: "4f: three falls alone make no counter",
    file: FALLS,
    from: "if (doubt.strikes === STRIKES)",
    to: "if (false)",
  },
  { rule: "4f: three, not two", file: FALLS, from: "const STRIKES = 3;", to: "const STRIKES = 2;" },
  { rule: "4f: alone", file: FALLS, from: "alone.get(cohort) === familyOf(counted, k)", to: "true" },
  {
    rule: "4f: below the previous body, not the highest",
    file: FALLS,
    from: "value < doubt.recent && alone.get(cohort) === familyOf(counted, k)",
    to: "true",
  },
  {
    rule: "4f: the counter's epoch ends",
    file: `${PARTITION}apply-mark.ts`,
    from: "state.outputs.end(family, job);",
    to: "",
  },
  {
    rule: "4f: the family passes through",
    file: `${PARTITION}fleet.ts`,
    from: "isMarked(state, job, family)",
    to: "false",
  },
  {
    rule: "4f: everywhere, from the next push on",
    file: `${PARTITION}apply-mark.ts`,
    from: "forgetText(layout);",
    to: "",
  },
  {
    rule: "4f: a mark that is taken back begins anew",
    file: `${PARTITION}apply-mark.ts`,
    from: "if (source.tombstones.forget(isOfFamily)) source.unprovenMs = observedMs;",
    to: "",
  },
  {
    rule: "4f: and what returns after it is not born",
    file: `${PARTITION}apply-mark.ts`,
    from: "source.unprovenMs = observedMs;",
    to: "return;",
  },
  {
    rule: "6: what has departed goes on from its last value",
    file: SUCCEED,
    from: "remembered = source.tombstones.take(set, name);",
    to: "",
  },
  {
    rule: "6: what is pushed still goes on, too",
    file: SUCCEED,
    from: "let remembered = take(replaced, set, name);",
    to: "let remembered: Remembered | undefined;",
  },
  {
    rule: "6: attempts are forgotten after ten minutes",
    file: TOMBSTONES,
    from: "ATTEMPT_KEPT_MS: number = 10 * 60_000;",
    to: "ATTEMPT_KEPT_MS: number = Infinity;",
  },
  {
    rule: "6: but not of one that is live",
    file: TOMBSTONES,
    from: "stone.attemptId !== undefined && !isLive(stone.attemptId)",
    to: "stone.attemptId !== undefined",
  },
  {
    rule: "6: nothing else is",
    file: TOMBSTONES,
    from: "stone.attemptId !== undefined && !isLive(stone.attemptId)",
    to: "true",
  },
  {
    rule: "6: tombstones have a bound",
    file: TOMBSTONES,
    from: "if (all.size <= most) break;",
    to: "break;",
  },
  {
    rule: "6: an eviction is remembered",
    file: COUNT,
    from: `if (evicted === "others") source.unprovenMs = observedMs;`,
    to: "",
  },
  {
    rule: "6: of attempts that are gone it proves nothing",
    file: TOMBSTONES,
    from: `if (others > 0) return "others";`,
    to: `if (all.size < before) return "others";`,
  },
  {
    rule: "6: of one that is live it does",
    file: TOMBSTONES,
    from: "stone.attemptId === undefined || isLive(stone.attemptId)",
    to: "stone.attemptId === undefined",
  },
  {
    rule: "6: a lost source is remembered for a day",
    file: `${PARTITION}depart.ts`,
    from: "const LOST_KEPT_MS = 24 * 3_600_000;",
    to: "const LOST_KEPT_MS = 1;",
  },
  {
    rule: "6: what it leaves undecided is told",
    file: `${P}undecided.ts`,
    from: `report.uncounted("baseline", counted, k, value);`,
    to: "undefined;",
  },
  {
    rule: "7: an output stays after its last contributor",
    file: MERGED,
    from: "observedMs - lastLiveMs < lingerMs",
    to: "false",
  },
  { rule: "7: unless it keeps a label of its process", file: MERGED, from: "!series.perProcess && ", to: "" },
  {
    rule: "7: its accumulator is remembered",
    file: TABLE,
    from: `output.function !== "counter" && `,
    to: "",
  },
  {
    rule: "7: it is live while anybody feeds it anywhere",
    file: INDEX,
    from: "Math.max(own(Column.told), other(Column.told))",
    to: "other(Column.told)",
  },
  {
    rule: "C5: a bucket that falls contradicts the count",
    file: DISTRIBUTION,
    from: "if (!(increase >= below)) return false;",
    to: "",
  },
  {
    rule: "C5: rises are cumulative",
    file: DISTRIBUTION,
    from: "below = increase;",
    to: "",
  },
  {
    rule: "C5: up to the count",
    file: DISTRIBUTION,
    from: "if (!(to.value - from.value >= below)) return false;",
    to: "",
  },
  {
    rule: "C5: the sum is a number",
    file: DISTRIBUTION,
    from: "Number.isFinite(rest.sum) && ",
    to: "",
  },
  {
    rule: "C5: +Inf is the count",
    file: READINGS,
    from: "(infinity === -1 || values[infinity] === reading.value) && ",
    to: "",
  },
  {
    rule: "C5: a histogram that contradicts itself says nothing",
    file: COUNTED_BODY,
    from: "return isSoundCount({ counted, values, extras }, k) ? value : Number.NaN;",
    to: "return value;",
  },
  {
    rule: "C5: nor does one that rises against itself",
    file: MISFITS,
    from: "} else if (fits(last, reading)) {",
    to: "} else if (reading.value > 0) {",
  },
  {
    rule: "C5: another life is followed once the next body confirms it",
    file: MISFITS,
    from: "if (misfit === undefined || reading.value < misfit.value || !fits(misfit, reading)) {",
    to: "if (true) {",
  },
  {
    rule: "C5: not before",
    file: MISFITS,
    from: "if (misfit === undefined || reading.value < misfit.value || !fits(misfit, reading)) {",
    to: "if (false) {",
  },
  {
    rule: "C5: one after the other",
    file: MISFITS,
    from: "    forgetMisfit(body, k);\n",
    to: "",
  },
  {
    rule: "C5: what that leaves out is told",
    file: MISFITS,
    from: `report.uncounted("contradiction", counted, k, reading.value - last.value);`,
    to: "",
  },
  {
    rule: "C5: with other boundaries it is another histogram",
    file: READINGS,
    from: "feeds.histograms.get(k)?.identity ?? ",
    to: "",
  },
  {
    rule: "C5: what is held back goes together",
    file: COLLISIONS,
    from: "if (!fits(prev, reading)) return;",
    to: "",
  },
  {
    rule: "C5: the first layout decides about the boundaries",
    file: SETS,
    from: "if (held === undefined) sets.set",
    to: "sets.set",
  },
  {
    rule: "C5: who asks keeps them",
    file: SETS,
    from: "held !== undefined && held.askedMs < beforeMs",
    to: "held !== undefined",
  },
  {
    rule: "C5: a source that lacks a boundary has a series of its own",
    file: HISTOGRAM_FEEDS,
    from: "const isCovered = covers(own, decided);",
    to: "const isCovered = true;",
  },
  {
    rule: "C5: and is counted",
    file: HISTOGRAM_FEEDS,
    from: "if (!isCovered) lists.otherLayouts.push(leader);",
    to: "",
  },
  {
    rule: "C5: other boundaries are dropped",
    file: HISTOGRAM_FEEDS,
    from: "isCovered ? decided : own",
    to: "own",
  },
  {
    rule: "C5: what is undecided is asked about with the next body",
    file: `${PARTITION}fleet.ts`,
    from: "if (feeds.unsettled.length > 0) forgetText(body.layout);",
    to: "",
  },
  {
    rule: "C5: what was idle for long is asked about again",
    file: `${PARTITION}fleet.ts`,
    from: "BOUNDARIES_KNOWN_MS = 12 * 3_600_000",
    to: "BOUNDARIES_KNOWN_MS = Infinity",
  },
  {
    rule: "C5: on other boundaries an output begins anew",
    file: TABLE,
    from: "isSameBoundaries(output.boundaries, spec.boundaries)",
    to: "true",
  },
  {
    rule: "C5: native histograms meet at the coarser schema",
    file: NATIVE,
    from: "const schema = Math.min(a.schema, b.schema);",
    to: "const { schema } = a;",
  },
  {
    rule: "C5: and with the wider zero bucket",
    file: NATIVE,
    from: "Math.max(zeroIndexAt(a, schema), zeroIndexAt(b, schema))",
    to: "zeroIndexAt(a, schema)",
  },
  {
    rule: "C5: which takes in what it overlaps",
    file: NATIVE,
    from: "if (coarse <= zeroIndex) zeroCount += count;\n      else ",
    to: "",
  },
  {
    rule: "C5: a native bucket must not fall",
    file: NATIVE,
    from: "return fell ? undefined : difference;",
    to: "return difference;",
  },
  {
    rule: "C5: a native histogram holds what its count says",
    file: DISTRIBUTION,
    from: "if (rest.native !== undefined && !isSameCount(nativeCount(rest.native), value)) return false;",
    to: "",
  },
  {
    rule: "C5: its buckets rise with the count",
    file: DISTRIBUTION,
    from: "return a === undefined || b === undefined || subtractNative(b, a) !== undefined;",
    to: "return true;",
  },
  {
    rule: "C5: what was not told natively is in no native histogram",
    file: "src/core/rollup/partial.ts",
    from: "native !== undefined && isSameCount(nativeCount(native), sum) ? native : undefined",
    to: "native",
  },
  {
    rule: "10: the rounding of sums is kept",
    file: "src/core/rollup/accumulator.ts",
    from: "sum.lo = rest - (hi - raised);",
    to: "sum.lo = 0;",
  },
  {
    rule: "10: and that of differences",
    file: "src/core/rollup/accumulator.ts",
    from: "(sumError + increaseError)",
    to: "sumError",
  },
];

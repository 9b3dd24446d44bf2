import type { SampleExtras } from "../../exposition/parsed-body.ts";
import { isForwarded } from "../../forwarding/relay-label.ts";
import type { Attempt } from "../../rollup/flink/cohort.ts";
import type { Counted, Source } from "../group.ts";
import type { LabelSet } from "../label-set.ts";
import type { Layout } from "../layout.ts";
import { distinctSets, seriesName } from "../layout.ts";
import { isBirth } from "./starts.ts";
import { ATTEMPT_KEPT_MS } from "./tombstones.ts";
import { createTaskClock } from "./task-clock.ts";

/** A task or rate that tells of so short a past is taken to have begun where it says. */
const YOUNG_MS = 70_000;
/** Flink's busy, idle and back-pressured times add up to the age of a task, or to this much less. */
const AGE_ERROR_MS = 1_500;
/** For so long after a tombstone was evicted, a series that is new may be an old one. */
const UNPROVEN_MS = 3_600_000;
const NONE: ReadonlySet<string> = new Set();

export interface Push {
  readonly layout: Layout;
  readonly values: Float64Array;
  readonly extras: SampleExtras | undefined;
  readonly method: "PUT" | "POST";
  readonly observedMs: number;
  readonly wallMs: number;
}

/**
 * What the first sight of a counter is: `born` under the relay's eyes, or not; `unproven`, where it was not in
 * the previous body, but several processes may write the source; `dead`, where it is of an attempt that has gone.
 */
type Birth = "born" | "unproven" | "baseline" | "dead";

/** Of a sample by its number, the family's name and the value. */
export type BirthJudge = (i: number, set: LabelSet, name: string, family: string, value: number) => Birth;

/**
 * Evidence of birth (counters.md, rule 2). With it the whole value is an increase that the relay has
 * seen; without it the value is a baseline. A process never seen before proves nothing about its age:
 * on the day a fleet is pointed here every process is new and every counter old.
 *
 * `previous` is the last push of the source, as it was sent; for a POST that of each family. `returned` are
 * the series which have come back to their tombstones.
 */
export function createBirthJudge(
  source: Source,
  previous: readonly Counted[],
  push: Push,
  returned: Iterable<LabelSet>,
): BirthJudge {
  if (isForwarded(source.group.key.labels)) return (i) => judgeForwarded(source, push, i);
  const { observedMs } = push;
  const evictedAgoMs = observedMs - source.evictedMs;
  const before = createPresence(previous);
  const wasWhole = previous.some(({ isWhole }) => isWhole);
  const clock = createTaskClock(push.layout, push.values);
  const late = new Map<LabelSet, boolean>();
  const back = evictedAgoMs < ATTEMPT_KEPT_MS ? NONE : attemptsOf(returned);

  function isLate(set: LabelSet): boolean {
    let known = late.get(set);
    if (known === undefined) late.set(set, (known = isOfLateBody(source, before, back, set)));
    return known;
  }

  function appearedSincePrevious(set: LabelSet, name: string, family: string): boolean {
    if (observedMs - source.unprovenMs < UNPROVEN_MS) return false;
    // What a POST lacked may have been there all the same, but for the families that it named.
    const hasSnapshot = (push.method === "PUT" && wasWhole) || before.hasFamily(family);
    return hasSnapshot && !before.has(set, name);
  }

  function isYoung(set: LabelSet, family: string, value: number): boolean {
    if (evictedAgoMs < YOUNG_MS) return false;
    const ageMs = clock.ageMs(set);
    // The relay has watched for as long as observed time has run.
    if (ageMs !== undefined) return ageMs <= YOUNG_MS && observedMs > ageMs + AGE_ERROR_MS;
    const perSecond = clock.perSecond(set, family);
    if (perSecond === undefined || observedMs <= YOUNG_MS) return false;
    return value <= (YOUNG_MS / 1000) * perSecond && !(clock.atLeastMs(set) > YOUNG_MS);
  }

  return (i, set, name, family, value) => {
    if (isLate(set)) return "dead";
    const startMs = push.extras?.startsMs?.[i] ?? Number.NaN;
    if (!Number.isNaN(startMs) && isBirth(source, push, startMs)) return "born";
    const hasAppeared = appearedSincePrevious(set, name, family);
    // One that began earlier, in a source of which several may be the writer, is another's.
    if (!Number.isNaN(startMs) && !source.hasOneWriter) return "baseline";
    if ((hasAppeared && source.hasOneWriter) || isYoung(set, family, value)) return "born";
    return hasAppeared ? "unproven" : "baseline";
  };
}

/** Whatever another relay has merged it from: only its start tells how old it is. */
function judgeForwarded(source: Source, push: Push, i: number): Birth {
  const startMs = push.extras?.startsMs?.[i] ?? Number.NaN;
  return isBirth(source, push, startMs) ? "born" : "baseline";
}

/**
 * Remembers the newest attempt of each task in the body. Of more than `maxTasks` the oldest are forgotten;
 * then a late body could pass for a birth, so for a while nothing does.
 */
export function noteAttempts(source: Source, { layout, observedMs }: Push, maxTasks: number): void {
  const { attempts } = source;
  for (const set of distinctSets(layout)) {
    const { attempt } = set;
    if (attempt === undefined) continue;
    const { taskKey } = attempt;
    const known = attempts.get(taskKey);
    const isNewer = known === undefined || attempt.number > known.number;
    attempts.delete(taskKey);
    attempts.set(taskKey, isNewer ? { number: attempt.number, hasGone: false } : known);
  }
  for (const taskKey of attempts.keys()) {
    if (attempts.size <= maxTasks) break;
    attempts.delete(taskKey);
    source.unprovenMs = observedMs;
  }
}

/**
 * Whether a late body tells of an attempt that was seen and is gone, and whose tombstones may be too: what
 * it had counted would be counted a second time. The newest attempt of a task is gone when the previous push
 * had nothing of it, and nothing of it is remembered; as long as it is there, its operators may register one by one.
 */
function isOfLateBody(source: Source, before: Presence, back: ReadonlySet<string>, set: LabelSet): boolean {
  const { attempt } = set;
  const newest = attempt && source.attempts.get(attempt.taskKey);
  if (attempt === undefined || newest === undefined || attempt.number > newest.number) return false;
  if (attempt.number < newest.number) return true;
  newest.hasGone ||= !before.hasAttempt(attempt) && !back.has(keyOfAttempt(attempt));
  return newest.hasGone;
}

interface Presence {
  has(set: LabelSet, name: string): boolean;
  hasFamily(family: string): boolean;
  hasAttempt(attempt: Attempt): boolean;
}

/** What the previous push held, samples without a value and those left out by a rule among them. */
function createPresence(previous: readonly Counted[]): Presence {
  let present: Set<LabelSet> | undefined;
  let bySet: Map<LabelSet, Set<string>> | undefined;
  function index(): Map<LabelSet, Set<string>> {
    const found = new Map<LabelSet, Set<string>>();
    for (const { layout, replaced } of previous) {
      for (const [i, set] of layout.sets.entries()) {
        if (replaced.has(layout.families[layout.familyOf[i] ?? 0]?.name ?? "")) continue;
        let names = found.get(set);
        if (names === undefined) found.set(set, (names = new Set()));
        names.add(seriesName(layout, i));
      }
    }
    return found;
  }
  let attempts: Set<string> | undefined;
  function indexAttempts(): Set<string> {
    return attemptsOf(previous.flatMap(({ layout }) => distinctSets(layout)));
  }
  return {
    has(set, name) {
      // Of a restarted task none is there: no need to look at the names.
      present ??= new Set(previous.flatMap(({ layout }) => distinctSets(layout)));
      if (!present.has(set)) return false;
      bySet ??= index();
      return bySet.get(set)?.has(name) === true;
    },
    hasFamily: (family) =>
      previous.some(
        ({ layout, replaced }) =>
          !replaced.has(family) && layout.families.some(({ name }) => name === family),
      ),
    hasAttempt(attempt) {
      attempts ??= indexAttempts();
      return attempts.has(keyOfAttempt(attempt));
    },
  };
}

function attemptsOf(sets: Iterable<LabelSet>): Set<string> {
  return new Set([...new Set(sets)].map(({ attempt }) => keyOfAttempt(attempt)));
}

function keyOfAttempt(attempt: Attempt | undefined): string {
  return attempt === undefined ? "" : `${attempt.number} ${attempt.taskKey}`;
}

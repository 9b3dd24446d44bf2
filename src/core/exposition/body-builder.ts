import { TooManySamplesError } from "./exposition-error.ts";
import type { LabelBlock } from "./label-block.ts";
import type { NativeHistogram } from "./native-histogram.ts";
import { numberBlocks } from "./number-blocks.ts";
import type { Exemplar, ParsedBody, ParsedFamily, Role, SampleExtras } from "./parsed-body.ts";

/** A sample while its body is read, by a parser that has more to tell of it than its value. */
export interface DraftSample {
  readonly role: Role;
  readonly block: LabelBlock;
  readonly value: number;
  /** Unix milliseconds; NaN where the body does not say. */
  startMs: number;
  readonly exemplar?: Exemplar | undefined;
  readonly native?: NativeHistogram | undefined;
  readonly nativeExemplars?: readonly Exemplar[] | undefined;
}

export interface DraftFamily extends ParsedFamily {
  readonly samples: readonly DraftSample[];
}

/** Makes room for one sample more, or throws where the push has as many as it may. */
export function createSampleBound(maxSamples: number): () => void {
  let count = 0;
  return () => {
    count += 1;
    if (count > maxSamples) throw new TooManySamplesError(maxSamples);
  };
}

/** Puts families together to what a partition takes. Those without samples are left out. */
export function buildBody(drafts: Iterable<DraftFamily>): ParsedBody {
  const families: ParsedFamily[] = [];
  const familyOf: number[] = [];
  const samples: DraftSample[] = [];
  for (const { samples: ofFamily, ...family } of drafts) {
    if (ofFamily.length === 0) continue;
    for (const sample of ofFamily) {
      familyOf.push(families.length);
      samples.push(sample);
    }
    families.push(family);
  }
  return {
    families,
    familyOf,
    roles: samples.map(({ role }) => role),
    ...numberBlocks(samples.map(({ block }) => block)),
    values: samples.map(({ value }) => value),
    valueStart: [],
    valueEnd: [],
    timestampLine: 0,
    duplicateLine: 0,
    extras: buildExtras(samples),
  };
}

function buildExtras(samples: readonly DraftSample[]): SampleExtras | undefined {
  const startsMs = samples.some(({ startMs }) => !Number.isNaN(startMs))
    ? Float64Array.from(samples, ({ startMs }) => startMs)
    : undefined;
  const exemplars = collect(samples, ({ exemplar }) => exemplar);
  const natives = collect(samples, ({ native }) => native);
  const nativeExemplars = collect(samples, (sample) => sample.nativeExemplars);
  if (startsMs === undefined && exemplars === undefined && natives === undefined) return undefined;
  return { startsMs, exemplars, natives, nativeExemplars };
}

/** What the samples have of a kind, by their numbers; undefined where none has any. */
function collect<T>(
  samples: readonly DraftSample[],
  read: (sample: DraftSample) => T | undefined,
): Map<number, T> | undefined {
  const found = new Map<number, T>();
  for (const [i, sample] of samples.entries()) {
    const value = read(sample);
    if (value !== undefined) found.set(i, value);
  }
  return found.size === 0 ? undefined : found;
}

import type { DraftFamily, DraftSample } from "../body-builder.ts";
import { fail, type Cursor } from "../cursor.ts";
import { renderLabels } from "../escape.ts";
import { quote } from "../go-quote.ts";
import { labelValue, type Labels } from "../label-block.ts";
import { Role } from "../parsed-body.ts";
import { parseNumber } from "../read-number.ts";
import type { FamilyKind } from "./family-kind.ts";
import type { SampleLine } from "./read-sample-line.ts";

/** A family whose samples are being read. */
export interface OpenFamily {
  readonly name: string;
  readonly kind: FamilyKind;
  /** What the name of a sample is in this family, or undefined where it is of another. */
  partOf(sample: string): Role | "created" | undefined;
  add(cursor: Cursor, part: Role | "created", line: SampleLine): void;
  /** Checks the last metric. */
  close(cursor: Cursor): DraftFamily;
}

/** The samples of one label set: OpenMetrics wants them in one piece. */
interface Metric {
  readonly key: string;
  readonly labels: Labels;
  /** The parts that it has, those with a bound with that bound. */
  readonly seen: Set<string>;
  readonly samples: DraftSample[];
  startMs: number;
  /** The last bucket: bound and population. */
  bucket: readonly [bound: number, population: number] | undefined;
}

interface Described {
  readonly name: string;
  readonly help: string | undefined;
  readonly unit: string | undefined;
}

export function openFamily({ name, help, unit }: Described, kind: FamilyKind): OpenFamily {
  const samples: DraftSample[] = [];
  const keys = new Set<string>();
  let metric: Metric | undefined;

  function find(cursor: Cursor, labels: Labels): Metric {
    const key = renderLabels(labels);
    if (metric?.key === key) return metric;
    finish(cursor);
    if (keys.has(key))
      fail(cursor, `the samples of ${quote(name)} with labels ${key || "{}"} do not stand together`);
    keys.add(key);
    metric = { key, labels, seen: new Set(), samples: [], startMs: Number.NaN, bucket: undefined };
    return metric;
  }

  function finish(cursor: Cursor): void {
    if (metric === undefined) return;
    if (kind.parts.has("_bucket") && metric.bucket?.[0] !== Infinity) {
      fail(cursor, `${kind.word} ${quote(name)} has no bucket with le="+Inf"`);
    }
    for (const sample of metric.samples) {
      if (sample.role !== Role.quantile) sample.startMs = metric.startMs;
      samples.push(sample);
    }
  }

  return {
    name,
    kind,
    partOf: (sample) => (sample.startsWith(name) ? kind.parts.get(sample.slice(name.length)) : undefined),
    add(cursor, part, { block, value, exemplar }) {
      const boundName = boundLabel(name, kind, part);
      const bound = boundName === undefined ? undefined : labelValue(block.labels, boundName);
      if (boundName !== undefined && bound === undefined) {
        fail(cursor, `${kind.word} ${quote(name)} needs a label ${quote(boundName)}`);
      }
      const of = find(cursor, boundName === undefined ? block.labels : without(block.labels, boundName));
      const seen = `${part} ${bound ?? ""}`;
      if (of.seen.has(seen)) fail(cursor, `a sample of ${quote(name)} stands twice`);
      of.seen.add(seen);
      if (exemplar !== undefined && part !== Role.bucket && kind.word !== "counter") {
        fail(cursor, `exemplars are for counters and buckets, and ${quote(name)} has type ${kind.word}`);
      }
      if (part === "created") {
        if (!Number.isFinite(value)) fail(cursor, `${quote(name)} was created at ${value}`);
        of.startMs = value * 1000;
        return;
      }
      checkValue(cursor, of, kind, part, value, bound ?? "");
      of.samples.push({ role: part, block, value, startMs: Number.NaN, exemplar });
    },
    close(cursor) {
      finish(cursor);
      metric = undefined;
      const { type, subtype, suffix } = kind;
      return { name: name + suffix, type, subtype, help, unit, samples };
    },
  };
}

function boundLabel(name: string, { subtype }: FamilyKind, part: Role | "created"): string | undefined {
  if (part === Role.bucket) return "le";
  if (part === Role.quantile) return "quantile";
  return subtype === "stateset" ? name : undefined;
}

function checkValue(
  cursor: Cursor,
  metric: Metric,
  { word, subtype }: FamilyKind,
  part: Role,
  value: number,
  bound: string,
): void {
  if (subtype === "info" && value !== 1) fail(cursor, `the value of an info is 1, not ${value}`);
  if (subtype === "stateset" && value !== 0 && value !== 1) {
    fail(cursor, `the value of a state is 0 or 1, not ${value}`);
  }
  const counts = part === Role.bucket || part === Role.count || word === "counter";
  if (counts && !(value >= 0)) fail(cursor, `what counts cannot be ${value}`);
  if (part === Role.bucket) checkBucket(cursor, metric, value, bound);
  if (part === Role.quantile) {
    const quantile = parseNumber(bound) ?? Number.NaN;
    if (!(quantile >= 0 && quantile <= 1))
      fail(cursor, `expected a quantile from 0 to 1, got ${quote(bound)}`);
  }
}

function checkBucket(cursor: Cursor, metric: Metric, population: number, le: string): void {
  const bound = parseNumber(le) ?? Number.NaN;
  if (Number.isNaN(bound)) fail(cursor, `expected float as value for 'le' label, got ${quote(le)}`);
  const [lastBound, lastPopulation] = metric.bucket ?? [-Infinity, 0];
  if (metric.bucket !== undefined && bound <= lastBound) {
    fail(cursor, `the bucket le=${quote(le)} does not stand behind all that are smaller`);
  }
  if (population < lastPopulation)
    fail(cursor, `the bucket le=${quote(le)} counts less than the one before it`);
  metric.bucket = [bound, population];
}

function without(labels: Labels, name: string): Labels {
  const at = labels.findIndex((text, i) => i % 2 === 0 && text === name);
  return labels.toSpliced(at, 2);
}

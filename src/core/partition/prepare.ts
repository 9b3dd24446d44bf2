import { ExpositionError, InconsistentError, TooManySamplesError } from "../exposition/exposition-error.ts";
import { endsAsOpenMetrics, parseOpenMetrics } from "../exposition/openmetrics/parse-openmetrics.ts";
import { parseScanned } from "../exposition/parse-scanned.ts";
import { parseText } from "../exposition/parse-text.ts";
import type { BodyFormat, ParsedBody, SampleExtras } from "../exposition/parsed-body.ts";
import { parseProtobuf } from "../exposition/protobuf/parse-protobuf.ts";
import { isForwarded } from "../forwarding/relay-label.ts";
import type { ScannedText, ValueSpans } from "../layout-text/layout-text.ts";
import { isFlinkFamily } from "../rollup/flink/match-flink-family.ts";
import type { FlinkProcess } from "../rollup/flink/process.ts";
import { flinkProcess } from "../rollup/flink/process.ts";
import type { SampleRules } from "../rollup/rules/match-layout.ts";
import type { PushCommand, Refusal } from "./commands.ts";
import { findFault, findRepeat, inconsistent } from "./faults.ts";
import { isOfFleet, rulesOf } from "./fleet.ts";
import type { Group, Snapshot, Source } from "./group.ts";
import { labelSetsInUse } from "./group.ts";
import type { LabelSetTable } from "./label-set.ts";
import { createLabelSetTable } from "./label-set.ts";
import type { Layout } from "./layout.ts";
import { createLayout, isSameLayout, readValues } from "./layout.ts";
import { findOversize, findOversizeKey } from "./oversize.ts";
import type { PartitionState, Surroundings } from "./state.ts";

/** What a body turns out to be, before anything of it is applied. */
export type Prepared =
  | {
      readonly kind: "known";
      readonly source: Source;
      readonly snapshot: Snapshot;
      readonly values: Float64Array;
      readonly extras: SampleExtras | undefined;
      /** By which the text is kept of a body of which it is not yet. */
      readonly text: UnkeptText | undefined;
    }
  | NewBody
  | { readonly kind: "empty" }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly isFleet: boolean };

/** A body with a layout that its source has not pushed before. The coordinator has a say in it. */
export interface NewBody {
  readonly kind: "new";
  readonly layout: Layout;
  readonly values: Float64Array;
  readonly extras: SampleExtras | undefined;
  /** By which its text is kept; undefined where it is no text format 0.0.4. */
  readonly text: UnkeptText | undefined;
  readonly rules: SampleRules;
  readonly isFleet: boolean;
  /** Families that are refused do not cost it the others: the case of fleets, and of all where nothing is checked. */
  readonly isLenient: boolean;
  readonly process: FlinkProcess | undefined;
  readonly labelSets: LabelSetTable;
}

/** Where the values stand in the body, or what was scanned of it. */
export type UnkeptText = ValueSpans | ScannedText;

/** Reads a body. Changes nothing in the partition but what is only remembered to be faster. */
export function prepare(state: PartitionState, surroundings: Surroundings, push: PushCommand): Prepared {
  const group = state.groups.get(push.key.canonical);
  const format = formatOf(push, surroundings);
  const known = group !== undefined && format === "text" ? readKnown(group, push, surroundings) : undefined;
  return known ?? readNew(group, push, format, surroundings);
}

/** Some clients send text under the name of OpenMetrics, which a Pushgateway takes. */
function formatOf({ format = "text", body }: PushCommand, { bytes }: Surroundings): BodyFormat {
  return format === "openmetrics" && !endsAsOpenMetrics(body, bytes) ? "text" : format;
}

let scratch = new Float64Array(4096);

/** The fast path: one of the layouts that the group's sources have, most often the only one. */
function readKnown(group: Group, push: PushCommand, { settings }: Surroundings): Prepared | undefined {
  const maxSamples = group.entry?.maxSeries ?? settings.maxSeriesPerPush;
  for (const source of group.sources.values()) {
    for (const snapshot of wholeSnapshots(source)) {
      const { length } = snapshot.values;
      // A reload may have lowered the bound since: the full parse refuses it.
      if (length > maxSamples) continue;
      if (scratch.length < length) scratch = new Float64Array(length * 2);
      const values = scratch.subarray(0, length);
      if (readValues(snapshot.layout, push.body, values)) {
        return { kind: "known", source, snapshot, values, text: undefined, extras: undefined };
      }
    }
  }
  return undefined;
}

function readNew(
  group: Group | undefined,
  push: PushCommand,
  format: BodyFormat,
  surroundings: Surroundings,
): Prepared {
  const { settings } = surroundings;
  const oversizeKey = group === undefined ? findOversizeKey(push.key.labels, settings) : undefined;
  const read = oversizeKey ?? parse(push, format, group, surroundings);
  if ("code" in read) return { kind: "refused", refusal: read, isFleet: group?.isFleet ?? false };
  const { parsed, text } = read;
  if (parsed.values.length === 0) return { kind: "empty" };

  // Several processes are behind the series of another relay, which alone writes its groups.
  const process = isForwarded(push.key.labels) ? undefined : flinkProcess(flinkLabels(parsed));
  const known = group?.sources.get(process?.id ?? "");
  const labelSets = known?.labelSets ?? createLabelSetTable(push.key.labels);
  const layout = createLayout(parsed, labelSets);
  const { extras } = parsed;
  const again = known && findSame(known, layout, extras);
  if (
    known !== undefined &&
    again !== undefined &&
    findFault(parsed, push.key.labels, known.group.isFleet) === undefined
  ) {
    return {
      kind: "known",
      source: known,
      snapshot: again,
      values: Float64Array.from(parsed.values),
      text,
      extras,
    };
  }
  const rules = rulesOf(surroundings, push.key, layout);
  const isFleet =
    isOfFleet(surroundings, push.key, layout, rules) || (group !== undefined && isStillFleet(group));
  const isLenient = isFleet || !settings.consistencyCheck;
  const fault =
    findOversize(parsed, push.key.labels, settings) ??
    findFault(parsed, push.key.labels, isFleet) ??
    (isLenient ? undefined : findRepeat(layout, parsed.values));
  if (fault !== undefined) {
    if (known !== undefined) labelSets.keep(labelSetsInUse(known));
    return { kind: "refused", refusal: fault, isFleet };
  }
  const values = Float64Array.from(parsed.values);
  return { kind: "new", layout, values, extras, text, rules, isFleet, isLenient, process, labelSets };
}

/** A body without text that is kept is known by its series alone: it is no text 0.0.4, or the text is not kept yet. */
function findSame(source: Source, layout: Layout, extras: SampleExtras | undefined): Snapshot | undefined {
  return wholeSnapshots(source).find(
    (each) =>
      each.layout.text === undefined &&
      !each.layout.isStale &&
      isSameLayout(each.layout, layout) &&
      (!isForwarded(source.group.key.labels) || isBegunAlike(each.extras, extras)),
  );
}

/** What a sample that another relay has merged feeds is decided by whether it tells of a start. */
function isBegunAlike(a: SampleExtras | undefined, b: SampleExtras | undefined): boolean {
  const [starts, others] = [a?.startsMs, b?.startsMs];
  if (starts === undefined || others === undefined) return starts === others;
  return starts.every((startMs, i) => Number.isNaN(startMs) === Number.isNaN(others[i]));
}

/** What a later POST has replaced in part is another matter: its families may have other types by now. */
function wholeSnapshots({ shown }: Source): Snapshot[] {
  return shown.flatMap(({ snapshot, replaced }) => (replaced.size === 0 ? [snapshot] : []));
}

function spansOf({ values, valueStart, valueEnd }: ParsedBody): ValueSpans | undefined {
  return valueStart.length === values.length ? { starts: valueStart, ends: valueEnd } : undefined;
}

/** The same body under rules that have changed while it waited for the coordinator. */
export function matchAnew(surroundings: Surroundings, { key }: PushCommand, body: NewBody): NewBody {
  const rules = rulesOf(surroundings, key, body.layout);
  const isFleet = body.isFleet || isOfFleet(surroundings, key, body.layout, rules);
  return { ...body, rules, isFleet, isLenient: body.isLenient || isFleet };
}

/** Once it has been deleted, a fleet's key is anybody's. */
function isStillFleet({ isFleet, deletedMs }: Group): boolean {
  return isFleet && deletedMs === Number.NEGATIVE_INFINITY;
}

function parse(
  { body, key }: PushCommand,
  format: BodyFormat,
  group: Group | undefined,
  surroundings: Surroundings,
): ReadBody | Refusal {
  const { bytes, settings, matchJob } = surroundings;
  const entry = group === undefined ? matchJob(key.labels) : group.entry;
  const maxSamples = entry?.maxSeries ?? settings.maxSeriesPerPush;
  const { utf8Names } = settings;
  try {
    if (format === "protobuf") return withoutText(parseProtobuf(body, maxSamples));
    if (format === "openmetrics") {
      return withoutText(parseOpenMetrics(body, { bytes, utf8Names, maxSamples }));
    }
    return readText(body, maxSamples, surroundings);
  } catch (error) {
    if (error instanceof InconsistentError) return inconsistent(error.message);
    if (error instanceof ExpositionError) return { code: "bad_exposition", message: error.message };
    if (error instanceof TooManySamplesError) {
      const bound =
        entry?.maxSeries === undefined
          ? "--limit.series-per-push"
          : "limits.series in the configuration file";
      const message = `the push has more than ${maxSamples} series: raise ${bound} or push fewer`;
      return { code: "too_many_series", message };
    }
    throw error;
  }
}

interface ReadBody {
  readonly parsed: ParsedBody;
  readonly text: UnkeptText | undefined;
}

function readText(
  body: Uint8Array,
  maxSamples: number,
  { bytes, blocks, pieces, texts, settings: { utf8Names } }: Surroundings,
): ReadBody {
  const scanned = texts.scan?.(body);
  const known = scanned && parseScanned(scanned, pieces, maxSamples);
  if (known !== undefined) return { parsed: known, text: scanned };
  const parsed = parseText(body, { bytes, blocks, utf8Names, maxSamples });
  return { parsed, text: spansOf(parsed) };
}

function withoutText(parsed: ParsedBody): ReadBody {
  return { parsed, text: undefined };
}

/** Who wrote a body is told by Flink's families, even where nothing is to be made of them. */
function flinkLabels(parsed: ParsedBody): Iterable<readonly string[]> {
  const flink = parsed.families.map(({ name, type }) => isFlinkFamily(name, type));
  if (!flink.includes(true)) return [];
  const { familyOf, blockOf, distinctBlocks } = parsed;
  const isFlinks = distinctBlocks.map(() => false);
  for (let i = 0; i < familyOf.length; i += 1) {
    if (flink[familyOf[i] ?? 0] === true) isFlinks[blockOf[i] ?? 0] = true;
  }
  const blocks = distinctBlocks.filter((_, number) => isFlinks[number]);
  return [...new Set(blocks.map((block) => block.unbound?.block ?? block))].map(({ labels }) => labels);
}

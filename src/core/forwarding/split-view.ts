import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { LabelPairSchema, MetricSchema } from "../exposition/protobuf/metrics_pb.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import type { Rendered, WrittenFamily } from "../exposition/write/writer.ts";
import { isStamp } from "../stamps.ts";
import { RELAY_LABEL } from "./relay-label.ts";

/** What a relay forwards is rendered so: protobuf alone has starts, native histograms, and any name as it was pushed. */
export const FORWARD_FORMAT: ViewFormat = { encoding: "protobuf", escaping: "allow-utf-8" };

/** A group of the receiver, with what it is to hold. */
export interface ForwardedGroup {
  readonly job: string;
  /** The value of `sluice_relay`. */
  readonly relay: string;
  readonly families: readonly WrittenFamily[];
}

export interface SplitView {
  readonly groups: readonly ForwardedGroup[];
  /** Series without a job, which no path of a push can name. */
  readonly jobless: number;
}

/**
 * Splits the merged view, in `FORWARD_FORMAT` and without what the relay tells of itself, into the groups that it makes
 * at the receiver: one for each job, and one more for each relay from which series of the job have come here under its
 * name. What has come back to where it was pushed is left out, and so are push stamps: a forward has its own.
 */
export interface ViewSplit {
  add(family: WrittenFamily): void;
  done(): SplitView;
}

export function createViewSplit(relay: string): ViewSplit {
  const drafts = new Map<string, GroupDraft>();
  let jobless = 0;

  function add(metric: Rendered, family: WrittenFamily, type: FamilyType): void {
    const { job, via } = readPlace(metric);
    if (job === "") jobless += 1;
    else if (!via.split("/").includes(relay)) {
      const path = via === "" ? relay : `${relay}/${via}`;
      metricsOf(drafts, job, path, family, type).push(metric);
    }
  }

  return {
    add(family) {
      if (isStamp(family.name)) return;
      for (const { type, metrics } of family.sections) {
        for (const metric of metrics) add(metric, family, type);
      }
    },
    done: () => ({ groups: Array.from(drafts.values(), finish), jobless }),
  };
}

interface GroupDraft {
  readonly job: string;
  readonly relay: string;
  /** In the order of the view. */
  readonly families: Map<WrittenFamily, Map<FamilyType, Rendered[]>>;
}

function metricsOf(
  drafts: Map<string, GroupDraft>,
  job: string,
  relay: string,
  family: WrittenFamily,
  type: FamilyType,
): Rendered[] {
  const key = JSON.stringify([job, relay]);
  let group = drafts.get(key);
  if (group === undefined) drafts.set(key, (group = { job, relay, families: new Map() }));
  let sections = group.families.get(family);
  if (sections === undefined) group.families.set(family, (sections = new Map<FamilyType, Rendered[]>()));
  let metrics = sections.get(type);
  if (metrics === undefined) sections.set(type, (metrics = []));
  return metrics;
}

function finish({ job, relay, families }: GroupDraft): ForwardedGroup {
  return {
    job,
    relay,
    families: Array.from(families, ([family, sections]) => ({
      ...family,
      sections: Array.from(sections, ([type, metrics]) => ({ type, metrics, bulks: [] })),
    })),
  };
}

/** The tag of a field that has a length. */
function tagOf({ number }: { readonly number: number }): number {
  return (number << 3) | WireType.LengthDelimited;
}

const LABEL = tagOf(MetricSchema.field.label);
const NAME = tagOf(LabelPairSchema.field.name);
const VALUE = tagOf(LabelPairSchema.field.value);
const JOB = "job";

/**
 * The two labels of a rendered metric that say where it goes. There are many others, so text is decoded of these alone;
 * fields stand in the order in which our own writer puts them.
 */
function readPlace(metric: Rendered): { readonly job: string; readonly via: string } {
  if (typeof metric === "string") throw new Error("BUG: a view that is forwarded is protobuf");
  let job = "";
  let via = "";
  const reader = new BinaryReader(metric);
  reader.uint32();
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end && reader.uint32() === LABEL) {
    const pairEnd = reader.uint32() + reader.pos;
    if (reader.uint32() !== NAME) throw new Error("BUG: a label without a name");
    const length = reader.uint32();
    const isJob = isText(metric, reader.pos, length, JOB);
    if (isJob || isText(metric, reader.pos, length, RELAY_LABEL)) {
      reader.pos += length;
      // An empty value is left out.
      const value = reader.pos < pairEnd && reader.uint32() === VALUE ? reader.string() : "";
      if (isJob) job = value;
      else via = value;
    }
    reader.pos = pairEnd;
  }
  return { job, via };
}

/** Of a text in ASCII. */
function isText(bytes: Uint8Array, at: number, length: number, text: string): boolean {
  if (length !== text.length) return false;
  for (let i = 0; i < length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

import { formatNumber } from "../exposition/format-number.ts";
import { formatTime } from "../exposition/format-time.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import type { Group } from "../partition/group.ts";
import { isStamp, PUSH_FAILURE_TIME, PUSH_TIME, STAMP_HELP } from "../stamps.ts";
import { withInstance } from "./create-part.ts";
import { hasSucceeded } from "./group-summary.ts";
import { metricsOf } from "./json-metric.ts";
import { jsonLabels, jsonObject, jsonText } from "./json-text.ts";

/**
 * A group as `/api/v1/metrics` of a Pushgateway shows it: its labels and its families in one object, by name.
 * A family that has the name of one of the two other keys takes its place.
 */
export function groupJson(group: Group): string {
  const fields = new Map<string, string>([
    ["labels", jsonLabels(group.key.labels)],
    ["last_push_successful", String(hasSucceeded(group))],
  ]);
  for (const { snapshot, replaced } of group.shown) {
    for (const [family, metrics] of metricsOf(snapshot)) {
      const { name, type, help } = family;
      if (replaced.has(name) || snapshot.leftOut.has(name) || isStamp(name)) continue;
      fields.set(name, familyJson({ type, help, seconds: snapshot.pushedSeconds }, metrics));
    }
  }
  for (const [name, text] of stampsOf(group)) fields.set(name, text);
  return jsonObject([...fields].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface FamilyHead {
  readonly type: FamilyType;
  readonly help: string | undefined;
  /** When it was pushed, in Unix time. */
  readonly seconds: number;
}

function familyJson({ type, help, seconds }: FamilyHead, metrics: readonly string[]): string {
  return jsonObject([
    ["time_stamp", jsonText(formatTime(seconds))],
    ["type", jsonText(TYPES[type])],
    ...(help === undefined || help === "" ? [] : [["help", jsonText(help)] as const]),
    ["metrics", `[${metrics.join(",")}]`],
  ]);
}

/** As protobuf names them. */
const TYPES: { readonly [T in FamilyType]: string } = {
  counter: "COUNTER",
  gauge: "GAUGE",
  summary: "SUMMARY",
  untyped: "UNTYPED",
  histogram: "HISTOGRAM",
  gaugehistogram: "GAUGE_HISTOGRAM",
};

function stampsOf({ key, pushedSeconds, failedSeconds }: Group): [name: string, text: string][] {
  const labels = jsonLabels(withInstance(key.labels));
  return [[PUSH_TIME, pushedSeconds] as const, [PUSH_FAILURE_TIME, failedSeconds] as const].map(
    ([name, value]) => {
      const metric = jsonObject([
        ["labels", labels],
        ["value", jsonText(formatNumber(value))],
      ]);
      // The one that has never happened was made along with the other.
      const seconds = value === 0 ? Math.max(pushedSeconds, failedSeconds) : value;
      return [name, familyJson({ type: "gauge", help: STAMP_HELP.get(name), seconds }, [metric])];
    },
  );
}

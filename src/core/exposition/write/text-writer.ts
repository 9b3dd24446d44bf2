import { escapeHelp } from "../escape.ts";
import { formatNumber } from "../format-number.ts";
import type { FamilyType } from "../parsed-body.ts";
import { withInfinity } from "./metric.ts";
import { nameText, seriesText, withLabel } from "./series-text.ts";
import type { MetricWriter, WrittenFamily } from "./writer.ts";

/** Text format 0.0.4, and 1.0.0, which differs from it in the names that may stand in it. */
export const textWriter: MetricWriter = {
  value(family, labels, value) {
    // Nearly all lines of a view.
    if (family.isLegacy) return `${family.name}${labels} ${formatNumber(value)}\n`;
    return `${seriesText(family, "", labels)} ${formatNumber(value)}\n`;
  },
  complex(family, labels, metric) {
    const isSummary = family.type === "summary";
    const [suffix, label] = isSummary ? ["", "quantile"] : ["_bucket", "le"];
    let text = "";
    for (const { bound, value } of isSummary ? metric.parts : withInfinity(metric)) {
      const series = seriesText(family, suffix, withLabel(labels, label, formatNumber(bound)));
      text += `${series} ${formatNumber(value)}\n`;
    }
    if (metric.sum !== undefined) {
      text += `${seriesText(family, "_sum", labels)} ${formatNumber(metric.sum)}\n`;
    }
    return `${text}${seriesText(family, "_count", labels)} ${formatNumber(metric.count)}\n`;
  },
};

/** The comment lines of a family. */
export function textHeader(family: WrittenFamily): string {
  const name = nameText(family);
  const help = family.help === undefined ? "" : `# HELP ${name} ${escapeHelp(family.help)}\n`;
  return `${help}# TYPE ${name} ${textType(typeOf(family))}\n`;
}

/** Of a gauge histogram Prometheus takes no TYPE in text, and with it nothing of the scrape. */
function textType(type: FamilyType): FamilyType {
  return type === "gaugehistogram" ? "untyped" : type;
}

/** A family has one TYPE in a view; where its series differ, none of them is true. */
export function typeOf({ sections }: WrittenFamily): FamilyType {
  const [first] = sections;
  return first === undefined || sections.length > 1 ? "untyped" : first.type;
}

import type { Bytes } from "../../bytes.ts";
import { buildBody, createSampleBound, type DraftFamily } from "../body-builder.ts";
import { HASH, LF } from "../char-codes.ts";
import { fail, peek, type Cursor } from "../cursor.ts";
import { quote } from "../go-quote.ts";
import type { ParsedBody, Role } from "../parsed-body.ts";
import { UNKNOWN } from "./family-kind.ts";
import { openFamily, type OpenFamily } from "./open-family.ts";
import { checkUnit, describe, readDescriptor, type Description } from "./read-descriptor.ts";
import { readSampleLine } from "./read-sample-line.ts";

export interface ParseOpenMetricsDeps {
  readonly bytes: Bytes;
  /** Whether names may be any UTF-8 in quotes. */
  readonly utf8Names: boolean;
  readonly maxSamples: number;
}

const END = "# EOF";

/** Whether the body ends as only OpenMetrics does: `# EOF`, with a line feed or, as the grammar allows, without. */
export function endsAsOpenMetrics(body: Uint8Array, bytes: Bytes): boolean {
  const tail = bytes.latin1Slice(body, Math.max(0, body.length - END.length - 2), body.length);
  return /(?:^|\n)# EOF\n?$/.test(tail);
}

/**
 * Reads a whole body of OpenMetrics 1.0 text that `endsAsOpenMetrics`, strictly: single spaces, no other
 * comments, families and the samples of one label set in one piece, histograms with rising buckets up to +Inf.
 * A counter `x` with the sample `x_total` is the family `x_total`, an info `x` the gauge `x_info`.
 * Timestamps are only reported.
 *
 * @throws ExpositionError, TooManySamplesError
 */
export function parseOpenMetrics(body: Uint8Array, deps: ParseOpenMetricsDeps): ParsedBody {
  const families = createFamilies(createSampleBound(deps.maxSamples));
  let timestampLine = 0;
  let hasEnded = false;
  for (const cursor of linesOf(body, deps.bytes)) {
    if (hasEnded) fail(cursor, "there is something behind # EOF");
    if (cursor.text === `${END}\n`) {
      families.close(cursor);
      hasEnded = true;
    } else if (peek(cursor) === HASH) {
      families.describe(cursor, deps.utf8Names);
    } else if (peek(cursor) === LF) {
      fail(cursor, "OpenMetrics has no empty lines");
    } else if (families.readSample(cursor, deps.utf8Names)) {
      timestampLine ||= cursor.line;
    }
  }
  return { ...buildBody(families.drafts), timestampLine };
}

/** A cursor for each line, on a copy of it: labels are slices of that and so keep no body in memory. */
function* linesOf(body: Uint8Array, bytes: Bytes): Iterable<Cursor> {
  for (let start = 0, line = 1; start < body.length; line += 1) {
    const lineFeed = bytes.indexOf(body, LF, start);
    const end = lineFeed === -1 ? body.length : lineFeed;
    const text = `${bytes.latin1Slice(body, start, end)}\n`;
    yield { text, copy: (from, to) => text.slice(from, to), pos: 0, line, dialect: "openmetrics" };
    start = end + 1;
  }
}

interface Families {
  readonly drafts: readonly DraftFamily[];
  describe(cursor: Cursor, utf8Names: boolean): void;
  /** Whether the line has a timestamp. */
  readSample(cursor: Cursor, utf8Names: boolean): boolean;
  close(cursor: Cursor): void;
}

function createFamilies(countSample: () => void): Families {
  const drafts: DraftFamily[] = [];
  const taken = new Set<string>();
  /** Of a family that has no samples yet. */
  let described: Description | undefined;
  let open: OpenFamily | undefined;

  function close(cursor: Cursor): void {
    if (open !== undefined) drafts.push(open.close(cursor));
    open = undefined;
    described = undefined;
  }

  /** The family of a sample that is not of the open one. */
  function begin(cursor: Cursor, sample: string): OpenFamily {
    const description = isOfDescribed(cursor, sample) ? described : undefined;
    close(cursor);
    const begun = description ?? { name: sample, kind: undefined, help: undefined, unit: undefined };
    const kind = begun.kind ?? UNKNOWN;
    checkUnit(cursor, begun, kind);
    for (const name of new Set([begun.name, ...[...kind.parts.keys()].map((part) => begun.name + part)])) {
      if (taken.has(name)) {
        fail(
          cursor,
          `${quote(name)} is of a family above: families must be in one piece, with names of their own`,
        );
      }
      taken.add(name);
    }
    open = openFamily(begun, kind);
    return open;
  }

  function isOfDescribed(cursor: Cursor, sample: string): boolean {
    if (described === undefined || !sample.startsWith(described.name)) return false;
    const { name, kind = UNKNOWN } = described;
    const isPart = kind.parts.has(sample.slice(name.length));
    if (!isPart && sample === name) {
      const parts = [...kind.parts.keys()].map((part) => name + part).join(", ");
      fail(cursor, `the samples of ${kind.word} ${quote(name)} are ${parts}`);
    }
    return isPart;
  }

  return {
    drafts,
    describe(cursor, utf8Names) {
      const line = readDescriptor(cursor, utf8Names);
      if (open?.name === line.name)
        fail(cursor, `${line.keyword} of ${quote(line.name)} stands behind its samples`);
      if (described?.name !== line.name) {
        close(cursor);
        described = { name: line.name, kind: undefined, help: undefined, unit: undefined };
      }
      describe(cursor, described, line);
    },
    readSample(cursor, utf8Names) {
      const line = readSampleLine(cursor, utf8Names);
      const known = open?.partOf(line.name);
      const family = known === undefined ? begin(cursor, line.name) : open;
      const part: Role | "created" | undefined = known ?? family?.partOf(line.name);
      if (family === undefined || part === undefined) throw new Error("BUG: a sample without a family");
      countSample();
      family.add(cursor, part, line);
      return line.hasTimestamp;
    },
    close,
  };
}

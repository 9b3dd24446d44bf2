import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { BulkRef, WrittenFamily, WrittenSection } from "../core/exposition/write/writer.ts";

/** Writing so many takes two threads half a millisecond, for which pushes wait, and what they write fits into a processor's cache. */
const SLICE_SAMPLES = 4_000;

/** Some families of a view, or some of one family. */
export interface ViewSlice {
  readonly families: readonly WrittenFamily[];
  /** The bulks of its sections that have some. */
  readonly sections: readonly (readonly BulkRef[])[];
}

/** A view in slices of about one size, by the samples in its bulks. */
export function slicesOf(families: readonly WrittenFamily[], { encoding }: ViewFormat): ViewSlice[] {
  const slices: ViewSlice[] = [];
  let slice: WrittenFamily[] = [];
  let samples = 0;

  function finishSlice(): void {
    if (slice.length === 0) return;
    const sections = slice.flatMap((family) => family.sections.map(({ bulks }) => bulks));
    slices.push({ families: slice, sections: sections.filter(({ length }) => length > 0) });
    slice = [];
    samples = 0;
  }

  for (const family of families) {
    // The length of a message stands before all of it.
    for (const part of encoding === "protobuf" ? [family] : partsOf(family)) {
      const more = part.sections.reduce((sum, { bulks }) => sum + samplesIn(bulks), 0);
      if (samples > 0 && samples + more > SLICE_SAMPLES) finishSlice();
      slice.push(part);
      samples += more;
    }
  }
  finishSlice();
  return slices;
}

/** A family in parts that are no larger than a slice, where no partition alone has more of it. */
function* partsOf(family: WrittenFamily): Iterable<WrittenFamily> {
  if (family.sections.every(({ bulks }) => samplesIn(bulks) <= SLICE_SAMPLES)) {
    yield family;
    return;
  }
  let isRest = false;
  for (const section of family.sections) {
    for (const part of dividedSection(section)) {
      yield { ...family, sections: [part], isRest };
      isRest = true;
    }
  }
}

function* dividedSection({ type, metrics, bulks }: WrittenSection): Iterable<WrittenSection> {
  let part = { type, metrics, bulks: [] as BulkRef[] };
  let samples = 0;
  for (const bulk of bulks) {
    if (samples > 0 && samples + bulk.samples > SLICE_SAMPLES) {
      yield part;
      part = { type, metrics: [], bulks: [] };
      samples = 0;
    }
    part.bulks.push(bulk);
    samples += bulk.samples;
  }
  yield part;
}

function samplesIn(bulks: readonly BulkRef[]): number {
  return bulks.reduce((sum, { samples }) => sum + samples, 0);
}

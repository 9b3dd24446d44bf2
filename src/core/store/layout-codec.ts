import type { LabelSet } from "../partition/label-set.ts";
import type { Layout, LayoutFamily } from "../partition/layout.ts";
import type { Codec } from "./codec.ts";
import {
  data,
  floats,
  forgotten,
  integerSet,
  integers,
  list,
  optional,
  record,
  uint32s,
  uint8s,
} from "./codec.ts";
import { shared, sharedList } from "./shared.ts";

/** By its text: the table of its source makes the rest of it, and has one object for equal labels. */
const labelSetCodec: Codec<LabelSet> = {
  write: ({ text }) => text,
  read(stored, { labelSets }) {
    if (labelSets === undefined) throw new Error("BUG: a label set that is read belongs to no source");
    return labelSets.findByText(stored as string);
  },
};

const SETS = "sets";
export const labelSetRef: Codec<LabelSet> = shared(SETS, labelSetCodec);

const familyCodec: Codec<LayoutFamily> = record({
  name: data<string>(),
  type: data<LayoutFamily["type"]>(),
  help: data<string | undefined>(),
});

/** The text by which a body is recognised is not stored: the first push after a restart brings it again. */
const layoutCodec: Codec<Layout> = record({
  families: list(familyCodec),
  familyOf: uint32s,
  roles: uint8s,
  sets: sharedList(SETS, labelSetCodec),
  bounds: optional(floats),
  repeats: optional(integerSet),
  populations: integers,
  hash: data<number>(),
  text: forgotten,
  isStale: data<boolean>(),
});

export const layoutRef: Codec<Layout> = shared("layouts", layoutCodec);

import { Packr } from "msgpackr";
import type { Packing } from "../core/store/packing.ts";

// A bare Float64Array would be written wrongly without `moreTypes`, and a Set as a list.
const packr = new Packr({ useRecords: true, moreTypes: true });

export const nodePacking: Packing = {
  // A copy: msgpackr answers with a slice of a buffer that it goes on using.
  pack: (value) => Uint8Array.from(packr.pack(value)),
  unpack: (bytes) => packr.unpack(bytes) as unknown,
};

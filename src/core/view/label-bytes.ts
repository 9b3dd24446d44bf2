import { encodeUtf8 } from "../encode-utf8.ts";

/**
 * Labels as the bytes of a view. Those of a TaskManager stand on some forty lines of the merged view, and on the same
 * ones in the next: copying their bytes costs a quarter of encoding them.
 */
export interface LabelBytes {
  of(labels: string): Uint8Array;
}

export function createLabelBytes(): LabelBytes {
  const known = new Map<string, Uint8Array>();
  return {
    of(labels) {
      let bytes = known.get(labels);
      if (bytes === undefined) known.set(labels, (bytes = encodeUtf8(labels)));
      return bytes;
    },
  };
}

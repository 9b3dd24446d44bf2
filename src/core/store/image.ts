import type { Ruling } from "../partition/ruling.ts";
import type { Settings } from "../partition/settings.ts";
import type { PartitionState } from "../partition/state.ts";
import type { Packing } from "./packing.ts";
import { readShared, writeShared } from "./shared.ts";
import { stateCodec } from "./state-codec.ts";
import { checkFormat, FORMAT } from "./format.ts";

/** The whole of a partition at one moment, with the settings that it follows. */
interface Image {
  readonly format: number;
  readonly settings: Settings;
  readonly state: unknown;
}

export function packImage(
  state: PartitionState,
  settings: Settings,
  packing: Packing,
): Uint8Array<ArrayBuffer> {
  const written = writeShared((writing) => stateCodec.write(state, writing));
  const image: Image = { format: FORMAT, settings, state: written };
  return packing.pack(image);
}

export interface ReadImage {
  readonly settings: Settings;
  /** The state, with what its settings say. */
  stateUnder(this: void, ruling: Ruling): PartitionState;
}

/** Throws where the bytes are not an image, or one that this version does not know. */
export function unpackImage(bytes: Uint8Array, packing: Packing): ReadImage {
  const image = packing.unpack(bytes) as Image;
  checkFormat(image.format);
  return {
    settings: image.settings,
    stateUnder: (ruling) =>
      readShared(image.state, ruling, (root, reading) => stateCodec.read(root, reading)),
  };
}

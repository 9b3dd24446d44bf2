import type { ValueKind } from "./option.ts";

const UNIT_BYTES = { GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10 } as const;

/** A number of bytes, written plainly or in binary units. `MB` is refused: half of its readers take it for MiB. */
export const sizeBytes: ValueKind<number> = {
  placeholder: "<size>",
  expects: "a size above 0 such as 16MiB, 512KiB or 16777216",
  parse(text) {
    const match = /^(\d+)(GiB|MiB|KiB)?$/.exec(text);
    if (match === null) return undefined;
    const bytes = Number(match[1]) * unitBytes(match[2]);
    return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
  },
  render(bytes) {
    const unit = Object.entries(UNIT_BYTES).find(([, size]) => bytes % size === 0);
    return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
  },
};

function unitBytes(unit: string | undefined): number {
  return unit === "GiB" || unit === "MiB" || unit === "KiB" ? UNIT_BYTES[unit] : 1;
}

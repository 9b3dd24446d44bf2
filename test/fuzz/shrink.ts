/**
 * The smallest input found that fails as well: without some of its lines, then without some of its bytes.
 * `fails` is asked some thousand times at most.
 */
export async function shrink(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let left = 3_000;
  let smallest: Buffer = Buffer.from(input);

  async function isBetter(candidate: Buffer): Promise<boolean> {
    left -= 1;
    if (left < 0 || !(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  }

  for (const unit of ["lines", "bytes"] as const) {
    for (let size = Math.ceil(partsOf(smallest, unit).length / 2); size >= 1 && left > 0;) {
      let hasShrunk = false;
      for (let at = 0; at < partsOf(smallest, unit).length && left > 0;) {
        const parts = partsOf(smallest, unit);
        const rest = Buffer.concat([...parts.slice(0, at), ...parts.slice(at + size)]);
        if (await isBetter(rest)) hasShrunk = true;
        else at += size;
      }
      if (size === 1 && !hasShrunk) break;
      if (!hasShrunk || size > 1) size = Math.floor(size / 2);
    }
  }
  return smallest;
}

function partsOf(bytes: Buffer, unit: "lines" | "bytes"): Buffer[] {
  if (unit === "bytes") return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const lineFeed = bytes.indexOf(10, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
    parts.push(bytes.subarray(start, end));
    start = end;
  }
  return parts;
}

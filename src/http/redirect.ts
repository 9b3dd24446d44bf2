/**
 * The path that a request for an unknown one most likely means: another case of its fixed parts, a slash too many at
 * its end or one too few. Undefined where none is like it. Label values are left as they are.
 */
export function likelyPath(
  path: string,
  paths: readonly string[],
  pushPaths: readonly string[],
): string | undefined {
  const exact = paths.find((known) => isAlike(bare(known), bare(path)));
  if (exact !== undefined) return exact;
  const before = pushPaths.find((known) => isAlike(known, path.slice(0, known.length)));
  return before === undefined ? undefined : before + path.slice(before.length);
}

function isAlike(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function bare(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** The path of a request target, percent-encoded as it was sent: without query, and without scheme and host in absolute form. */
export function pathOf(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (path.startsWith("/")) return path;
  const authority = path.indexOf("://");
  const slash = path.indexOf("/", authority + 3);
  return authority === -1 || slash === -1 ? "/" : path.slice(slash);
}

/** The query with its question mark, or nothing. */
export function queryOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? "" : target.slice(query);
}

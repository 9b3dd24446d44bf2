import { renderLabels } from "../../core/exposition/escape.ts";
import { type Gateway, ImportError } from "./gateway.ts";
import { type ImportedGroup, readGroups } from "./read-groups.ts";
import { renderGroup } from "./render-group.ts";

export interface ImportOptions {
  readonly from: Gateway;
  readonly to: Gateway;
  /** Whether nothing is pushed. */
  readonly isDryRun: boolean;
  readonly print: (line: string) => void;
}

export interface ImportResult {
  readonly copied: number;
  /** Groups that are not there now, or not whole. */
  readonly failed: number;
}

/**
 * Copies the groups of a Pushgateway: each is put under its own key, so a second import changes nothing. Reads
 * the JSON API, since a scrape does not tell which group a series is of.
 */
export async function importGroups({ from, to, isDryRun, print }: ImportOptions): Promise<ImportResult> {
  let copied = 0;
  let failed = 0;
  for (const group of await groupsOf(from)) {
    const key = renderLabels(Object.entries(group.labels).flat());
    const { body, series, leftOut } = renderGroup(group);
    if (!group.wasPushed) {
      print(`${key}: left out, no push of it ever succeeded`);
      continue;
    }
    const missing = leftOut.length === 0 ? "" : `; text cannot hold ${leftOut.join(", ")}`;
    const refusal = isDryRun ? undefined : await push(to, group, body);
    if (refusal === undefined) copied += 1;
    if (refusal !== undefined || leftOut.length > 0) failed += 1;
    print(`${key}: ${refusal ?? `${series} metrics${isDryRun ? " would be copied" : ""}`}${missing}`);
  }
  return { copied, failed };
}

async function groupsOf(from: Gateway): Promise<readonly ImportedGroup[]> {
  const { status, text } = await from.request("GET", "/api/v1/metrics");
  if (status !== 200) throw new ImportError(`${from.shown} answered ${status}: ${text.slice(0, 200)}`);
  const groups = readGroups(text);
  if (groups === undefined) {
    throw new ImportError(`${from.shown}/api/v1/metrics answered nothing that a Pushgateway would`);
  }
  return groups;
}

/** Why it was not taken, or undefined. */
async function push(to: Gateway, { labels }: ImportedGroup, body: string): Promise<string | undefined> {
  const { status, text } = await to.request("PUT", `/metrics${pathOf(labels)}`, body);
  return status === 200 || status === 202 ? undefined : `refused with ${status}: ${text.slice(0, 300)}`;
}

/** In base64 nothing in a value can be misread; a lone `=` is the empty one. */
function pathOf({ job = "", ...others }: ImportedGroup["labels"]): string {
  const segments = [["job", job] as const, ...Object.entries(others)];
  return segments
    .map(([name, value]) => `/${name}@base64/${Buffer.from(value).toString("base64url") || "="}`)
    .join("");
}

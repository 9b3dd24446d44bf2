import { formatTime } from "../core/exposition/format-time.ts";
import type { Labels } from "../core/exposition/label-block.ts";
import { hasSucceeded, type GroupSummary } from "../core/view/group-summary.ts";
import { groupPath } from "./group-path.ts";
import { html, type Html } from "./html.ts";
import { renderLayout } from "./layout.ts";

/** Groups on one page. A fleet has thousands of them, and their series are fetched when one is opened. */
const GROUPS_ON_A_PAGE = 100;

export interface GroupsPage {
  readonly base: string;
  readonly groups: readonly GroupSummary[];
  /** A text that the labels of the groups to show contain; empty for all. */
  readonly search: string;
  /** From 1 on. */
  readonly page: number;
  /** Whether all groups may be deleted at once. */
  readonly adminApi: boolean;
}

/** The list of groups, one page of it. */
export function renderGroupsPage({ base, groups, search, page, adminApi }: GroupsPage): string {
  const found = groups.filter(({ canonicalKey }) => canonicalKey.includes(search));
  const start = (page - 1) * GROUPS_ON_A_PAGE;
  const shown = found.slice(start, start + GROUPS_ON_A_PAGE);
  const pages = Math.max(1, Math.ceil(found.length / GROUPS_ON_A_PAGE));
  const body = html`<form action="${base}/" method="get">
      <input
        name="search"
        value="${search}"
        placeholder='job="nightly"'
        aria-label="text in the labels of a group"
      />
      <button>Search</button>
    </form>
    <p>
      ${count(found.length, "group")}${search === "" ? "" : ` of ${groups.length}`}, page ${page} of ${pages}
      ${link(base, search, page - 1, page > 1, "previous")}
      ${link(base, search, page + 1, page < pages, "next")}
      ${adminApi ? html`<button data-wipe="${groups.length}">Delete All ${groups.length} Groups</button>` : ""}
    </p>
    ${shown.map((group) => renderGroup(group))}`;
  return renderLayout(base, body);
}

function renderGroup(group: GroupSummary): Html {
  const { labels, pushedSeconds, series } = group;
  const failed = hasSucceeded(group) ? "" : html`<strong class="failed">Last push failed!</strong>`;
  const pushed = pushedSeconds === 0 ? "never pushed" : `pushed ${formatTime(pushedSeconds)}`;
  return html`<details data-group="${groupPath(labels)}">
    <summary>
      ${renderLabels(labels)} ${failed} <small>${count(series, "series", "series")}, ${pushed}</small>
      <button data-delete>Delete Group</button>
    </summary>
    <div class="families"></div>
  </details> `;
}

/** The job stands first, as in a path. */
function renderLabels(labels: Labels): Html[] {
  const pairs = Array.from({ length: labels.length / 2 }, (_, i) => labels.slice(2 * i, 2 * i + 2));
  return pairs
    .toSorted(([a], [b]) => Number(b === "job") - Number(a === "job"))
    .map(([name = "", value = ""]) => html`<code>${name}="${value}"</code> `);
}

function link(base: string, search: string, page: number, isThere: boolean, text: string): Html {
  if (!isThere) return html``;
  const query = new URLSearchParams({ ...(search === "" ? {} : { search }), page: String(page) });
  return html`<a href="${base}/?${query.toString()}">${text}</a>`;
}

function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

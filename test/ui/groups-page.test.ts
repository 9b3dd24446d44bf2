import { expect, test } from "vitest";
import type { GroupSummary } from "../../src/core/view/group-summary.ts";
import { parseGroupingKey } from "../../src/core/grouping-key.ts";
import { renderGroupsPage } from "../../src/ui/groups-page.ts";
import { groupPath } from "../../src/ui/group-path.ts";

function group(labels: readonly string[], more: Partial<GroupSummary> = {}): GroupSummary {
  const canonicalKey = labels.join();
  return {
    partition: 0,
    canonicalKey,
    labels,
    pushedSeconds: 1_700_000_000.5,
    failedSeconds: 0,
    series: 3,
    ...more,
  };
}

function page(
  groups: readonly GroupSummary[],
  more: { search?: string; page?: number; adminApi?: boolean } = {},
): string {
  return renderGroupsPage({ base: "", groups, search: "", page: 1, adminApi: false, ...more });
}

test("a group is shown by its labels, the job first, with its last push", () => {
  const text = page([group(["a", "1", "job", "j"])]);
  expect(text).toContain(
    "<code>job=&quot;j&quot;</code> <code>a=&quot;1&quot;</code>".replaceAll("&quot;", '"'),
  );
  expect(text).toContain("3 series, pushed 2023-11-14T22:13:20.5Z");
  expect(text).not.toContain("Last push failed!");
});

test("a failed push is said", () => {
  expect(page([group(["job", "j"], { failedSeconds: 1_700_000_001 })])).toContain("Last push failed!");
});

test("what strangers have pushed is text, and no markup", () => {
  const evil = `"><script>alert('1')</script>&`;
  const text = page([group(["job", evil])], { search: evil });
  expect(text).not.toContain("<script>");
  expect(text).toContain("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;");
});

test("ten thousand groups stand on a hundred pages", () => {
  const groups = Array.from({ length: 10_000 }, (_, i) => group(["job", `j${i}`]));
  const text = page(groups, { page: 100 });
  expect(text.match(/<details /g)).toHaveLength(100);
  expect(text).toContain("10000 groups, page 100 of 100");
  expect(text).toContain('href="/?page=99"');
  expect(text).not.toContain('href="/?page=101"');
  expect(text.length).toBeLessThan(50_000);
});

test("a search leaves the groups whose labels have the text", () => {
  const text = page([group(["job", "nightly"]), group(["job", "hourly"])], { search: "night" });
  expect(text).toContain("1 group of 2, page 1 of 1");
  expect(text).not.toContain("hourly");
});

test("everything can be deleted at once where the admin API is enabled", () => {
  expect(page([group(["job", "j"])], { adminApi: true })).toContain("Delete All 1 Groups");
  expect(page([group(["job", "j"])])).not.toContain("Delete All");
});

test.each([[["job", "j"]], [["job", "a/b+ü", "l", "", "m", "\u{1f600}/.."]]])(
  "the path of the group %j leads back to it",
  (labels) => {
    const parsed = parseGroupingKey(groupPath(labels));
    expect(parsed).toMatchObject({ ok: true, key: { labels } });
  },
);

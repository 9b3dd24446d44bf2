import { execFile } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { prometheusPrograms } from "../e2e/prometheus-package.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";
import { renderDashboard } from "./grafana/dashboard.ts";
import { DASHBOARDS, GRAFANA, dashboardQueries } from "./grafana/dashboards.ts";
import { metricNamesOf } from "./promql.ts";
import { isServed } from "./served-metrics.ts";

test.each(DASHBOARDS)(
  "the dashboard $uid is what it is made of (UPDATE_DOCS=1 writes it anew)",
  (dashboard) => {
    const file = join(GRAFANA, `${dashboard.uid}.json`);
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(file, renderDashboard(dashboard));
    expect(readFileSync(file, "utf8")).toBe(renderDashboard(dashboard));
  },
);

test("there is no other dashboard", () => {
  expect(new Set(readdirSync(GRAFANA))).toEqual(new Set(DASHBOARDS.map(({ uid }) => `${uid}.json`)));
});

test("no two panels cover one another, and each has a title and a query", () => {
  for (const { uid } of DASHBOARDS) {
    const { panels } = JSON.parse(readFileSync(join(GRAFANA, `${uid}.json`), "utf8")) as {
      panels: {
        title: string;
        type: string;
        gridPos: Record<"x" | "y" | "w" | "h", number>;
        targets?: unknown[];
      }[];
    };
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect([uid, new Set(cells).size]).toEqual([uid, cells.length]);
    for (const { title, type, gridPos, targets = [] } of panels) {
      expect(title).not.toBe("");
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true]);
      expect([title, type === "row", targets.length > 0]).toEqual([title, type === "row", type !== "row"]);
    }
  }
});

test("every query asks for what is served, of the chosen data source", () => {
  const queries = dashboardQueries("1m");
  expect(queries.length).toBeGreaterThan(80);
  const unknown = queries.flatMap(({ of, expression }) =>
    metricNamesOf(expression)
      .filter((name) => !isServed(name))
      .map((name) => `${of}: ${name}`),
  );
  expect(unknown).toEqual([]);
  for (const { uid } of DASHBOARDS) {
    const text = readFileSync(join(GRAFANA, `${uid}.json`), "utf8");
    const sources = [...text.matchAll(/"uid": "([^"]*)"/g)].map(([, source]) => source);
    expect(new Set(sources)).toEqual(new Set([uid, "${datasource}"]));
  }
});

test("Prometheus parses every query", async () => {
  const queries = dashboardQueries("1m");
  using folder = temporaryFolder();
  const { promtool } = await prometheusPrograms();
  const file = join(folder.path, "queries.yml");
  const rules = queries.map(({ expression }, i) => ({ record: `query:${i}`, expr: expression }));
  writeFileSync(file, stringify({ groups: [{ name: "queries", rules }] }));
  const { stdout } = await promisify(execFile)(promtool, ["check", "rules", file]);
  expect(stdout).toContain(`${queries.length} rules found`);
});

/** A dashboard as Grafana reads it, made of what differs from panel to panel. */
export interface Dashboard {
  /** Part of its address, and the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** A choice at the top of the page. Several may be chosen, and all. */
interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(<selector>, <label>)`. */
  readonly query: string;
}

interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  readonly queries: readonly Query[];
  /** One of Grafana's units; `short` if there is none. */
  readonly unit?: string;
  /** Why a number is what it is. */
  readonly about?: string;
  /** What must be switched on, or used, for there to be data. */
  readonly needs?: string;
  /** Only the last value, large. */
  readonly isStat?: true;
  /** From this value on it is shown in red. */
  readonly bad?: number;
  /** The end of the axis. */
  readonly max?: number;
}

/** A PromQL expression, and what to write beside its lines. */
export type Query = readonly [expression: string, legend: string];

const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };
const PAGE_WIDTH = 24;
const STAT = { width: 4, height: 4 };
const GRAPH = { width: 8, height: 8 };
/** Grafana migrates older ones when it loads them: 9.0 and newer know this one. */
const SCHEMA_VERSION = 36;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export function renderDashboard({ uid, title, description, variables, rows }: Dashboard): string {
  const json = {
    uid,
    title,
    description,
    tags: ["flink", "sluice"],
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    schemaVersion: SCHEMA_VERSION,
    time: { from: "now-1h", to: "now" },
    templating: { list: [dataSourceVariable(), ...variables.map(renderVariable)] },
    links: [
      { type: "dashboards", title: "Flink and Sluice", tags: ["sluice"], asDropdown: true, keepTime: true },
    ],
    panels: placePanels(rows),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function dataSourceVariable(): unknown {
  return { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };
}

function renderVariable({ name, label, query }: Variable): unknown {
  return {
    name,
    label,
    type: "query",
    datasource: DATA_SOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".*",
    current: { text: "All", value: "$__all" },
  };
}

/** Left to right, and a new line where the page is full. */
function placePanels(rows: readonly Row[]): unknown[] {
  const placed: unknown[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({ id: placed.length + 1, type: "row", title, gridPos: { x: 0, y, w: PAGE_WIDTH, h: 1 } });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      const { width, height } = panel.isStat ? STAT : GRAPH;
      if (x + width > PAGE_WIDTH || (lineHeight > 0 && height !== lineHeight)) {
        y += lineHeight;
        x = 0;
      }
      placed.push(renderPanel(panel, placed.length + 1, { x, y, w: width, h: height }));
      x += width;
      lineHeight = height;
    }
    y += lineHeight;
  }
  return placed;
}

function renderPanel(panel: Panel, id: number, gridPos: Place): unknown {
  const { title, queries, unit = "short", about = "", needs = "", isStat, bad, max } = panel;
  const steps = [
    { color: "green", value: null },
    ...(bad === undefined ? [] : [{ color: "red", value: bad }]),
  ];
  return {
    id,
    type: isStat ? "stat" : "timeseries",
    title,
    description: [about, needs === "" ? "" : `Only with ${needs}.`].filter(Boolean).join(" "),
    datasource: DATA_SOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max === undefined ? {} : { max }),
        thresholds: { mode: "absolute", steps },
        ...(isStat
          ? {}
          : {
              custom: {
                fillOpacity: 5,
                showPoints: "never",
                thresholdsStyle: { mode: bad === undefined ? "off" : "dashed" },
              },
            }),
      },
      overrides: [],
    },
    options: isStat
      ? { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "value" }
      : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
    targets: queries.map(([expr, legendFormat], i) => ({
      refId: String.fromCodePoint(65 + i),
      datasource: DATA_SOURCE,
      expr,
      legendFormat,
      instant: isStat === true,
    })),
  };
}

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard } from "./dashboard.ts";
import { flinkJob } from "./flink-job.ts";
import { flinkOverview } from "./flink-overview.ts";
import { flinkTaskmanager } from "./flink-taskmanager.ts";
import { relayDashboard } from "./relay.ts";

export const GRAFANA = join(import.meta.dirname, "../../../docs/monitoring/grafana");

export const DASHBOARDS: readonly Dashboard[] = [flinkOverview, flinkJob, flinkTaskmanager, relayDashboard];

/** A query of a dashboard that can be sent to a Prometheus. */
export interface DashboardQuery {
  /** Which dashboard, panel and line. */
  readonly of: string;
  readonly expression: string;
  /** Whether there may be no data: the panel says what it needs. */
  readonly isOptional: boolean;
}

interface PanelJson {
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

/** Every query in the files, with all chosen and rates over `rateInterval`. */
export function dashboardQueries(rateInterval: string): DashboardQuery[] {
  return readdirSync(GRAFANA).flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(join(GRAFANA, file), "utf8")) as { panels: PanelJson[] };
    return panels.flatMap(({ title, description = "", targets = [] }) =>
      targets.map(({ refId, expr }) => ({
        of: `${file}, ${title}, ${refId}`,
        expression: expr.replaceAll("$__rate_interval", rateInterval).replaceAll(/\$\w+/g, ".*"),
        isOptional: /(^| )Only with /.test(description),
      })),
    );
  });
}

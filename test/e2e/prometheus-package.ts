import { join } from "node:path";
import { debianPrograms } from "../support/debian-package.ts";

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

export async function prometheusPrograms(): Promise<PrometheusPrograms> {
  const folder = await debianPrograms("prometheus", "promtool");
  return { prometheus: join(folder, "prometheus"), promtool: join(folder, "promtool") };
}

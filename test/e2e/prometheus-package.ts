import { join } from "node:path";
import { debianPackage } from "./debian-package.ts";

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

export async function prometheusPrograms(): Promise<PrometheusPrograms> {
  const root = await debianPackage("prometheus", "usr/bin/promtool");
  return { prometheus: join(root, "usr/bin/prometheus"), promtool: join(root, "usr/bin/promtool") };
}

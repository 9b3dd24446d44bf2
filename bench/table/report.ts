import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { debianVersion } from "./debian-version.ts";
import type { Row } from "./row.ts";

/** A run of the bench, as `--json` writes it. */
export interface Report {
  readonly machine: string;
  readonly versions: string;
  readonly date: string;
  readonly commit: string;
  readonly isQuick: boolean;
  /** All rows in full size, and none has failed. */
  readonly isWhole: boolean;
  readonly seconds: number;
  readonly rows: readonly Row[];
}

export function describeRun(): Pick<Report, "machine" | "versions" | "date" | "commit"> {
  const changed = git("status", "--porcelain", "--", "src", "workers") === "" ? "" : " with changes";
  return {
    machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores shared by servers and load generator, load average before ${loadavg()[0]!.toFixed(1)}`,
    versions: [
      `Node ${process.versions.node}`,
      ...["prometheus-pushgateway", "victoria-metrics"].flatMap((name) => {
        const version = debianVersion(name);
        return version === undefined ? [] : [`${name} ${version}`];
      }),
    ].join(", "),
    date: new Date().toISOString().slice(0, 10),
    commit: git("rev-parse", "--short", "HEAD") + changed,
  };
}

/** Everything about a run but its table, in one line. */
export function provenance({ machine, versions, date, commit, isQuick }: Report): string {
  return `${date}, commit ${commit}${isQuick ? ", a quick run" : ""}; ${machine}; ${versions}.`;
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}

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
  readonly seconds: number;
  /** The rows of each group that was measured. One that failed has none. */
  readonly groups: Readonly<Record<string, readonly Row[]>>;
  /** By group. */
  readonly errors: Readonly<Record<string, string>>;
}

/** Several runs as one: a group is as the last of them measured it. */
export function mergeReports(reports: readonly Report[]): Report {
  const last = reports.at(-1);
  if (last === undefined) throw new Error("there is no report");
  const groups = Object.assign({}, ...reports.map((report) => report.groups)) as Report["groups"];
  const errors = Object.assign({}, ...reports.map((report) => report.errors)) as Report["errors"];
  return {
    ...last,
    date: distinct(reports.map(({ date }) => date)),
    commit: distinct(reports.map(({ commit }) => commit)),
    isQuick: reports.some(({ isQuick }) => isQuick),
    groups,
    errors: Object.fromEntries(Object.entries(errors).filter(([group]) => groups[group] === undefined)),
  };
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].join(", ");
}

/** The rows of all groups, in the order of `names`. */
export function rowsOf({ groups, errors }: Report, names: readonly string[]): readonly Row[] {
  return names.flatMap((name) => {
    const error = errors[name];
    if (error !== undefined) return [{ what: name, who: "", figure: undefined, note: error }];
    return groups[name] ?? [];
  });
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
export function provenance({
  machine,
  versions,
  date,
  commit,
  isQuick,
}: ReturnType<typeof describeRun> & Pick<Report, "isQuick">): string {
  return `${date}, commit ${commit}${isQuick ? ", a quick run" : ""}; ${machine}; ${versions}.`;
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}

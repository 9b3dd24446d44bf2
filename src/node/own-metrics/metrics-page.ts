import { createRelayMetrics } from "./relay-metrics.ts";
import { forwardFamilies } from "../../platform/forward/forward-families.ts";
import { userFamilies } from "../../core/view/user-families.ts";

const PREFACE = `# Metrics about the relay

They stand in every view beside what is pushed, and nobody can push a family of these names under another type. Those
of the first table have labels with what users push (\`job\` is the job as the merged view shows it) and are there once
there is something to tell. [How to read the counters](aggregation.md) has more on what is not counted. Beside them
stand \`process_*\` and \`nodejs_*\`, as prom-client shows them for any program on Node.

This page is made from the tables in \`src/node/own-metrics\`.
`;

/** `docs/metrics.md`. */
export function renderMetricsPage(): string {
  const { families } = createRelayMetrics({
    version: "",
    inflightBytes: () => 0,
    isReady: () => true,
    storage: () => Promise.resolve(undefined),
    hasConfigFile: true,
    hasWebConfigFile: true,
    teeBytes: () => 0,
  });
  const ofUsers = Object.entries(userFamilies)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { type, labels, help }]) => row([code(name), type, labels.map(code).join(", "), help]));
  const ofProcess = [...families, ...forwardFamilies]
    .filter(({ name }) => name.startsWith("sluice_"))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, help }) => row([code(name), type, help]));
  return [
    PREFACE,
    "\n## About pushes and sources\n\n| metric | type | labels | what it says, and what to do |\n|---|---|---|---|\n",
    ...ofUsers,
    "\n## About the process\n\n| metric | type | what it says, and what to do |\n|---|---|---|\n",
    ...ofProcess,
  ].join("");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

import { type Option, optionsOf } from "../../platform/config/option.ts";
import { options } from "../config/options.ts";
import { spelledFlag } from "./help.ts";

/** `docs/configuration.md`, made from the option table. What depends on a machine is shown as its formula. */
export function renderConfigurationPage(): string {
  const groups = Map.groupBy(
    optionsOf(options).map(([, option]) => option),
    ({ group }) => group,
  );
  return PREFACE + [...groups].map(([group, rows]) => renderGroup(group, rows)).join("");
}

const PREFACE = `# Configuration

Sluice is configured by flags, and by a file where your own metrics are to be merged: [rules.md](rules.md) says what
stands in it. It reads no environment variables and needs no file.

- A value stands behind \`=\` or a blank: \`--view=raw\`, \`--view raw\`. A switch is turned off by \`--no-\` and its name.
- Durations are written as Prometheus writes them: \`90s\`, \`15m\`, \`1h30m\`, \`1d\`.
- Sizes are bytes, plain or in binary units: \`16777216\`, \`512KiB\`, \`16MiB\`, \`1GiB\`.
- Everything that is wrong with a command line is reported at once, one line each, and the exit code is 2.

This page is made from the option table, \`src/node/config/options.ts\`; \`sluice --help\` prints the same.
`;

function renderGroup(group: string, rows: readonly Option<unknown>[]): string {
  return `
## ${group}

| flag | default | what it does |
|---|---|---|
${rows.map(renderRow).join("")}`;
}

function renderRow(option: Option<unknown>): string {
  return `| ${code(spelledFlag(option))} | ${documentedDefault(option)} | ${option.help} |\n`;
}

function documentedDefault({ kind, default: value, derived }: Option<unknown>): string {
  const shown = kind.render(value);
  if (derived !== undefined) return derived;
  return shown === "" ? "empty" : code(shown);
}

/** A bar ends a table cell, even inside backquotes. */
function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

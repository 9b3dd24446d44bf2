import { type Option, type OptionTable, optionsOf } from "../../platform/config/option.ts";

/** The help text of one command: how it is called, then every option of its table, by group. */
export function renderHelp<T extends object>(usage: string, table: OptionTable<T>): string {
  const groups = Map.groupBy(
    optionsOf(table).map(([, option]) => option),
    ({ group }) => group,
  );
  const sections = [...groups].map(([group, rows]) => `${group}\n${rows.map(renderOption).join("")}`);
  return `${usage}\n${sections.join("\n")}${ABOUT_ITSELF}`;
}

const ABOUT_ITSELF = `
Help
  -h, --help
      Print this text.
  --version
      Print the version.
`;

function renderOption(option: Option<unknown>): string {
  return `  ${spelledFlag(option)}\n      ${option.help} Default: ${shownDefault(option)}.\n`;
}

/** The flag as it is written: `--flag=<value>`, or `--[no-]flag` for a switch. */
export function spelledFlag({ flag, kind }: Option<unknown>): string {
  return kind.isSwitch ? flag.replace("--", "--[no-]") : `${flag}=${kind.placeholder}`;
}

function shownDefault({ kind, default: value, derived }: Option<unknown>): string {
  const shown = kind.render(value);
  if (derived === undefined) return shown === "" ? "empty" : shown;
  return shown === "" ? derived : `${shown} = ${derived}`;
}

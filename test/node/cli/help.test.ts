import { expect, test } from "vitest";
import { renderHelp } from "../../../src/node/cli/help.ts";
import { optionsOf } from "../../../src/platform/config/option.ts";
import { options } from "../../../src/node/config/options.ts";

const help = renderHelp("usage", options);

test.each(optionsOf(options).map(([, option]) => option))("$flag stands in the help text", (option) => {
  expect(help).toContain(option.flag.replace("--", option.kind.isSwitch ? "--[no-]" : "--"));
  expect(help).toContain(option.help);
});

test("options stand in their groups, in the order of the table", () => {
  expect(help.match(/^\w+$/gm)).toEqual([
    "usage",
    "Configuration",
    "Web",
    "Push",
    "Forwarding",
    "View",
    "Flink",
    "Limits",
    "Storage",
    "Logging",
    "Help",
  ]);
});

test.each([
  "  --web.listen-address=<address>\n      Where to listen for pushes and scrapes; give it again for each further address. Default: :9091.\n",
  "  --view=merged|raw\n",
  "  --[no-]companions\n",
  " Default: the path of --web.external-url.\n",
  ` Default: ${options.threads.default} = min(8, cores).\n`,
  " Default: empty.\n",
  "  -h, --help\n",
  "  --version\n",
])("the help text holds %j", (text) => expect(help).toContain(text));

test.each(optionsOf(options).map(([, option]) => option))(
  "$flag is explained in one sentence",
  ({ help: sentence }) => {
    expect(sentence).toMatch(/^[A-Z].*[^.]\.$/);
  },
);

import { renderLabels } from "../../core/exposition/escape.ts";
import type { BalanceRow, ContributorRow, ExplainRow } from "../../http/explain.ts";
import type { RefusedRow } from "../../http/refused.ts";
import { readCommandLine } from "../config/command-line.ts";
import type { OptionTable } from "../../platform/config/option.ts";
import { relayUrl } from "../config/relay-url.ts";
import { splitUser } from "../url-user.ts";
import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { renderHelp } from "./help.ts";
import { printErrors, type Streams } from "./streams.ts";

const USAGE = `Tells where the numbers of the merged view come from.

  sluice explain <selector> --url=<relay>

The exit code is 1 if no series matches.
`;

const explainOptions: OptionTable<{ readonly relay: URL }> = {
  relay: {
    flag: "--url",
    group: "Explain",
    kind: relayUrl,
    default: new URL("http://127.0.0.1:9091"),
    help: "The relay to ask; a path in it is its route prefix, or a path token, and user:password@ before the host is a user.",
  },
};

type ExplainBody =
  | { readonly status: "success"; readonly data: readonly ExplainRow[]; readonly warnings?: string[] }
  | { readonly status: "error"; readonly error: string };

export async function runExplain(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals, asked, errors } = readCommandLine(explainOptions, args);
  if (asked !== undefined) {
    streams.out(renderHelp(USAGE, explainOptions));
    return OK;
  }
  const [selector = "", ...unexpected] = positionals;
  const problems = [
    ...(selector === "" ? ["no series given: sluice explain <selector> --url=<relay>"] : []),
    ...unexpected.map((word) => `unexpected argument ${word}: quote the selector, it is one argument`),
    ...errors,
  ];
  const body = problems.length > 0 ? problems : await ask(values.relay, selector, streams.stopped);
  if (Array.isArray(body)) {
    printErrors(streams, body);
    return MISUSED;
  }
  return print(body, selector, streams);
}

/** The relay's answer, or why there is none. */
async function ask(relay: URL, selector: string, signal: AbortSignal): Promise<ExplainBody | string[]> {
  const { bare, headers } = splitUser(relay);
  const url = new URL(`${bare.href.replace(/\/$/, "")}/api/v1/explain`);
  url.searchParams.set("series", selector);
  try {
    const response = await fetch(url, { headers, signal });
    const text = await response.text();
    if (response.headers.get("Content-Type")?.startsWith("application/json") !== true) {
      return [`${url.origin} answered ${response.status}: ${text.trim().slice(0, 200)}`];
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this very version answers
    return JSON.parse(text) as ExplainBody;
  } catch (error) {
    // What fetch throws says only that it failed; the cause says why.
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return [`cannot ask ${url.origin}: ${cause instanceof Error ? cause.message : String(cause)}`];
  }
}

function print(body: ExplainBody, selector: string, streams: Streams): number {
  if (body.status === "error") {
    printErrors(streams, [body.error]);
    return MISUSED;
  }
  if (body.data.length === 0) {
    printErrors(streams, [`no output of the merged view matches ${selector}`]);
    return FAILED;
  }
  streams.out(body.data.map(renderRow).join("\n"));
  for (const warning of body.warnings ?? []) streams.err(`sluice: ${warning}\n`);
  return OK;
}

function renderRow(row: ExplainRow): string {
  const added = row.accumulated.map(({ partition, value }) => `    partition ${partition}: ${value}`);
  const lost = row.uncounted.map(({ reason, amount }) => `    ${reason}: ${amount}`);
  return [
    `${row.name}${renderLabels(Object.entries(row.labels).flat())} ${row.value}`,
    `  ${row.type}, function ${row.function}`,
    `  rule: ${row.rule}`,
    `  drops: ${row.drops.length === 0 ? "nothing" : row.drops.join(", ")}`,
    `  since: ${row.epochStart}`,
    `  ${row.served ? "served" : "not served"}: ${row.reason}`,
    ...row.companions.map(({ name, labels, value }) => `  companion: ${name}${labels} ${value}`),
    ...section("made of", row.balance === undefined ? [] : renderBalance(row.balance)),
    ...section("added up", added),
    ...section("not counted, in the whole family and job", lost),
    ...section("refused pushes", row.refused.flatMap(renderRefused)),
    ...section(`contributors: ${row.contributors.length}`, row.contributors.flatMap(renderContributor)),
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines];
}

/** A sum that a person can check. */
function renderBalance({ live, departed, tombstones, retired, uncounted }: BalanceRow): string[] {
  const { count, ofAttempts, sum } = tombstones;
  const series = `${count} series, ${ofAttempts} of attempts of tasks`;
  return [
    `    + ${live}  last values of live contributors`,
    ...(departed === "0" ? [] : [`    + ${departed}  last values of contributors that have departed`]),
    ...(count === 0 ? [] : [`    + ${sum}  last values that would go on if they came back (${series})`]),
    ...(retired === "0" ? [] : [`    + ${retired}  of lives before a restart, and of what is forgotten`]),
    ...uncounted.map(({ reason, amount }) => `    - ${amount}  not counted: ${reason}`),
  ];
}

function renderRefused({ job, counts, lastError, lastSource, lastTime }: RefusedRow): string[] {
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  return [
    `    job ${job}: ${reasons.join(", ")}`,
    `      last at ${lastTime}, to ${lastSource}: ${lastError}`,
  ];
}

function renderContributor(contributor: ContributorRow): string[] {
  const { source, process, labels, value, isValue, state, ageSeconds } = contributor;
  const of = process === "" ? source : `${source} process ${process}`;
  const note = isValue ? "" : " (no value)";
  return [`    ${value}${note}  ${state}, pushed ${ageSeconds} s ago, ${of}`, `      ${labels}`];
}

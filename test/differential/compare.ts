import type { CaseRequest } from "../conformance/cases.ts";
import { sendRaw } from "../conformance/raw-request.ts";
import type { RawAnswer } from "../conformance/raw-request.ts";
import type { RunningPushgateway } from "./running-pushgateway.ts";

/** What went otherwise here than there. */
export interface Difference {
  readonly request: CaseRequest;
  readonly ours: RawAnswer;
  /** Undefined where there was none. */
  readonly theirs: RawAnswer | undefined;
  /** Lines that only one of the views has, behind `-` those of the Pushgateway and behind `+` ours. Empty if the answers differ. */
  readonly view: readonly string[];
}

export interface Pair {
  /** The port of a relay. */
  readonly ours: number;
  readonly theirs: RunningPushgateway;
}

/** A Pushgateway 1.5.1 that a push has stopped never answers again. */
const NO_ANSWER_MS = 2_000;

/** Sends requests to both, one after the other, and compares statuses and what a scrape then shows. Behind a difference both begin anew. */
export async function* differences(pair: Pair, requests: readonly CaseRequest[]): AsyncGenerator<Difference> {
  await wipe(pair);
  for (const request of requests) {
    const difference = await compare(pair, request);
    if (difference === undefined) continue;
    yield difference;
    if (difference.theirs === undefined) await pair.theirs.restart();
    await wipe(pair);
  }
}

async function compare(pair: Pair, request: CaseRequest): Promise<Difference | undefined> {
  const [ours, theirs] = await toBoth(pair, request);
  if (ours.status !== theirs?.status) return { request, ours, theirs, view: [] };
  if (!["PUT", "POST", "DELETE"].includes(request.method)) return undefined;
  // A DELETE is done behind its answer; a push is answered when what came before it is done.
  if (request.method === "DELETE")
    await toBoth(pair, { method: "POST", path: "/metrics/job/barrier", body: "" });
  const [ourView, theirView] = await toBoth(pair, { method: "GET", path: "/metrics" });
  const view = differingLines(ourView.text, theirView?.text ?? "");
  if (view.length === 0) return undefined;
  return { request, ours, theirs: theirView === undefined ? undefined : theirs, view };
}

async function toBoth(
  { ours, theirs }: Pair,
  request: CaseRequest,
): Promise<[RawAnswer, RawAnswer | undefined]> {
  return await Promise.all([sendRaw(ours, request), orNothing(sendRaw(theirs.port, request))]);
}

async function orNothing(answer: Promise<RawAnswer>): Promise<RawAnswer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), NO_ANSWER_MS);
  });
  // A connection that it closes without a word is no answer either.
  return await Promise.race([answer.catch(() => undefined), tooLate]).finally(() => clearTimeout(timer));
}

async function wipe(pair: Pair): Promise<void> {
  await toBoth(pair, { method: "PUT", path: "/api/v1/admin/wipe" });
  for (;;) {
    const [, theirs] = await toBoth(pair, { method: "GET", path: "/api/v1/metrics" });
    if (theirs === undefined) await pair.theirs.restart();
    else if ((JSON.parse(theirs.text) as { data: unknown[] }).data.length === 0) return;
  }
}

function differingLines(ours: string, theirs: string): string[] {
  const [here, there] = [pushedLines(ours), pushedLines(theirs)];
  const [hereSet, thereSet] = [new Set(here), new Set(there)];
  return [
    ...there.filter((line) => !hereSet.has(line)).map((line) => `-${line}`),
    ...here.filter((line) => !thereSet.has(line)).map((line) => `+${line}`),
    ...(here.length === hereSet.size ? [] : ["+ a line that stands twice"]),
  ];
}

/** All lines but those that a relay has about itself, and when a push came. */
function pushedLines(view: string): string[] {
  return view
    .split("\n")
    .filter(
      (line) =>
        line !== "" && !/^(# (TYPE|HELP) )?(go|process|promhttp|pushgateway|nodejs|sluice)_/.test(line),
    )
    .map((line) => line.replace(/^(push_\w*time_seconds\{.*\}) [1-9]\S*$/, "$1 <time>"));
}

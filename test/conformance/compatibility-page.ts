import type { Client } from "../clients/clients.ts";
import type { KnownDifference } from "../differential/known.ts";
import type { Case } from "./cases.ts";
import type { Divergence } from "./divergences.ts";

/** `docs/compatibility.md`: what a Pushgateway's users must know, with the table of all cases that do not pass. */
export function renderCompatibilityPage(
  cases: readonly Case[],
  divergences: ReadonlyMap<string, Divergence>,
  clients: readonly Client[],
  found: readonly KnownDifference[],
): string {
  const rows = cases.flatMap(({ id, title }) => {
    const divergence = divergences.get(id);
    if (divergence === undefined) return [];
    const { views, reason } = divergence;
    const where = views.length === 2 ? "both" : views.join();
    return `| ${id} | ${escapeCell(title)} | ${where} | ${escapeCell(reason)} |\n`;
  });
  return `${PREFACE.replace("COUNT", String(cases.length))}${rows.join("")}${CLIENTS}${clients.map(clientRow).join("")}${FOUND}${found.map(({ reason }) => `- ${reason}\n`).join("")}${MORE}`;
}

function clientRow({ name, variant, keys = {}, note }: Client): string {
  if (variant !== undefined) return `| ${name} | the same |\n`;
  const notes = [...Object.values(keys).map(({ reason }) => reason), ...(note === undefined ? [] : [note])];
  return `| ${name} | ${notes.join("; ")} |\n`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("UPSTREAM BUG: ", "");
}

const PREFACE = `# Compatibility with a Pushgateway

Whatever pushes to a Pushgateway, scrapes one or asks its API works with Sluice unchanged. What that means is written
down as COUNT cases, \`test/fixtures/conformance/pushgateway.yaml\`, each of which a Pushgateway 1.11.2 has passed. The
test suite runs all of them over a socket, with \`--view=raw\` and with the default view.

Only these are answered otherwise, and for each a test holds what is answered instead:

| case | what a Pushgateway does | view | why not here |
|---|---|---|---|
`;

const CLIENTS = `
This page is made from the table that the tests go by, \`test/conformance/divergences.ts\`.

## Client libraries

\`npm run test:clients\` builds a program with each library, brought from its own registry, and compares what arrives
series by series: pushes, adds and deletes, under grouping keys with slashes, spaces, UTF-8 and empty values.

| client, in its own format if none is named | what to know of its grouping keys |
|---|---|
`;

const FOUND = `
## Side by side

\`npm run test:differential\` sends valid and broken requests, made at random from seeds, to Sluice (\`--view=raw\`) and to
a Pushgateway of Debian (1.5.1 in bookworm), and compares statuses and views. It found these differences, and knows them:

`;

const MORE = `
## What is better

The bugs of a Pushgateway that are known to us are not here; \`test/conformance/upstream-bugs.test.ts\` has a test for each.

- No push spoils a scrape or the pushes of others: neither a label value or a HELP that is not UTF-8, nor a family without
  a name, nor a boundary in two spellings. With \`--push.disable-consistency-check\` what cannot stand beside other
  groups' is left out and counted in \`sluice_left_out_series_total\`; a Pushgateway fails every scrape from then on.
- What is cut off on its way is not stored: a body that ends before its length, a broken chunk, half of a gzip stream.
- Bodies are bounded (\`--limit.body-bytes\`, \`--limit.series-per-push\`), before and after they are decoded, and so are
  those under way (\`--limit.inflight-bytes\`). So are names, labels, the series of a job and in all, and groups
  (\`--limit.*\`, [reliability.md](reliability.md)). Error texts are short.
- The consistency check costs a push the same whatever others have pushed, and nothing where its series are the same as
  last time.
- \`/-/ready\` is 503 while no push would be taken. What is acknowledged is on disk, where there is storage.
- \`GET /api/v1/metrics\` takes \`match[]\` and \`group\`; \`DELETE /api/v1/groups?match[]=…\` deletes by selector; the page
  stays small with a million series.
- \`_gsum\` and \`_gcount\` of a gauge histogram in text belong to it. It is shown in text as \`untyped\`: Prometheus refuses a whole
  scrape for a \`# TYPE … gaugehistogram\`.

## What is different

- Some of its own metrics are Node's: \`nodejs_*\` instead of \`go_*\`; \`process_*\` and \`pushgateway_*\` are there.
- \`/debug/pprof\` is not there. \`/api/v1/status\` says the version of Node where a Pushgateway says Go's.
- A raw byte above 127 in a request line and an unknown method are answered 400 by Node's HTTP parser; a Pushgateway
  takes the one and answers the other 405.
- \`/metrics/job/\` is answered 400 (\`job name is required\`), where a Pushgateway redirects to a 404.
- Wiping (\`PUT /api/v1/admin/wipe\`) is done when it is answered, and lets merged counters begin anew.
- A group into which Flink pushes, or for which a rule merges, expires when its source falls silent, on both views.
`;

/** What each client pushes as `all`, family by family, without the labels of its group. `<now>` stands for a time of this run. */
export const ALL: Readonly<Record<string, string>> = {
  client_build_info: `# HELP client_build_info Build.
# TYPE client_build_info gauge
client_build_info{version="1.2"} 1
`,
  client_native_seconds: `# HELP client_native_seconds Durations.
# TYPE client_native_seconds histogram
client_native_seconds_bucket{le="+Inf"} 3
client_native_seconds_sum 8.625
client_native_seconds_count 3
`,
  client_odd: `# HELP client_odd A \\\\ and "quotes".
# TYPE client_odd gauge
client_odd{text="C:\\\\dir \\"x\\",\\n}"} -1.5e-07
`,
  client_requests_total: `# HELP client_requests_total Requests served.
# TYPE client_requests_total counter
client_requests_total{code="200"} 3
client_requests_total{code="500"} 0
`,
  client_seconds: `# HELP client_seconds Durations.
# TYPE client_seconds histogram
client_seconds_bucket{le="0.25"} 1
client_seconds_bucket{le="1"} 2
client_seconds_bucket{le="+Inf"} 3
client_seconds_sum 8.625
client_seconds_count 3
`,
  client_size_bytes: `# HELP client_size_bytes Sizes.
# TYPE client_size_bytes summary
client_size_bytes{quantile="0.5"} 200
client_size_bytes_sum 400
client_size_bytes_count 2
`,
  client_state: `# HELP client_state State.
# TYPE client_state gauge
client_state{client_state="running"} 1
client_state{client_state="stopped"} 0
`,
  client_temperature: gauge(36.6),
};

/** What each client pushes as `gauge`. */
export const GAUGE = { client_temperature: gauge(40) };

/** What the relay adds to each group that was pushed. */
export const STAMPS = `# HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
# TYPE push_failure_time_seconds gauge
push_failure_time_seconds 0
# HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
# TYPE push_time_seconds gauge
push_time_seconds <now>
`;

/** The families that show when something was created, of clients that have no other way to say it in text. */
export const CREATED: Readonly<Record<string, string>> = {
  client_requests_created: created("client_requests", "Requests served.", ['{code="200"}', '{code="500"}']),
  client_seconds_created: created("client_seconds", "Durations.", [""]),
  client_size_bytes_created: created("client_size_bytes", "Sizes.", [""]),
};

function created(name: string, help: string, blocks: readonly string[]): string {
  return `# HELP ${name}_created ${help}
# TYPE ${name}_created gauge
${blocks.map((block) => `${name}_created${block} <now>\n`).join("")}`;
}

function gauge(value: number): string {
  return `# HELP client_temperature Degrees.
# TYPE client_temperature gauge
client_temperature ${value}
`;
}

/** A line of a scrape: labels in one order, times of this run as `<now>`. `added` are labels that each series gets. */
export function canonicalLines(text: string, added: Readonly<Record<string, string>> = {}): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (line.startsWith("#") ? line : canonicalSample(line, added)))
    .toSorted();
}

function canonicalSample(line: string, added: Readonly<Record<string, string>>): string {
  const [, name = "", block = "", value = ""] = line.match(/^(\w+)(?:\{(.*)\})? (\S+)$/) ?? [];
  const pairs = [...block.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([pair]) => pair);
  const all = [...pairs, ...Object.entries(added).map(([label, text]) => `${label}="${text}"`)];
  const isNow = /_(created|time_seconds)$/.test(name) && Math.abs(Number(value) - Date.now() / 1000) < 600;
  return `${name}{${all.toSorted().join(",")}} ${isNow ? "<now>" : value}`;
}

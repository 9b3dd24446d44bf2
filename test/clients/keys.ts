/** Grouping keys that have gone wrong somewhere between a client and a Pushgateway. */
export const keys = {
  "a job alone": { job: "nightly", grouping: {} },
  "a slash": { job: "team/nightly", grouping: { path: "/var/lib" } },
  "a space": { job: "nightly run", grouping: { zone: "north east" } },
  "a plus": { job: "c++", grouping: { zone: "a+b" } },
  "UTF-8": { job: "nächtlich", grouping: { zone: "東京", rack: "Δ" } },
  "an empty value, then another label": { job: "nightly", grouping: { zone: "", rack: "r1" } },
  "an empty value at the end": { job: "nightly", grouping: { rack: "r1", zone: "" } },
  "an instance": { job: "nightly", grouping: { instance: "host-1:9100" } },
} as const satisfies Record<string, { job: string; grouping: Readonly<Record<string, string>> }>;

export type KeyName = keyof typeof keys;

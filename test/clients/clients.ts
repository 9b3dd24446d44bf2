import { ALL, CREATED } from "./expected.ts";
import type { KeyName } from "./keys.ts";
import { curl, go, java, node, python, rust } from "./toolchains.ts";
import type { Toolchain } from "./toolchains.ts";

/** What becomes of a key that the client does not send as it was given. */
type KeyOutcome =
  | { readonly labels: Readonly<Record<string, string>>; readonly reason: string }
  | { readonly fails: RegExp; readonly reason: string };

export interface Client {
  readonly name: string;
  readonly toolchain: Toolchain;
  readonly variant?: string;
  /** Families that it does not push, or otherwise than the table says. */
  readonly families?: Readonly<Record<string, string | undefined>>;
  readonly keys?: Readonly<Partial<Record<KeyName, KeyOutcome>>>;
  /** The crate has no function for it. */
  readonly cannotDelete?: true;
  /** For `docs/compatibility.md`, beside the reasons of its keys. */
  readonly note?: string;
  /** What it says of a refused push, where it does not show the answer. */
  readonly refusal?: RegExp;
}

const noInfo = { client_build_info: undefined, client_state: undefined };
const noNative = { client_native_seconds: undefined };

/** Form encoding: what a Pushgateway does not decode, so it is stored so there too. */
const plusForSpace: Client["keys"] = {
  "a space": {
    labels: { job: "nightly+run", zone: "north+east" },
    reason: "it writes a space as `+`, which in a path is a plus, here as in a Pushgateway",
  },
};

const noSlash: Client["keys"] = {
  "a slash": {
    fails: /odd number of components in label string/,
    reason: "it writes a slash as `%2F`, which divides a path, here as in a Pushgateway",
  },
};

const emptyIsNothing =
  "it sends an empty value as nothing between two slashes: stored here, in a Pushgateway such a push is lost";

const clientGolang: Client = {
  name: "Go client_golang 1.25.0",
  toolchain: go,
  families: noInfo,
  keys: plusForSpace,
};
const simpleclient: Client = {
  name: "Java simpleclient_pushgateway 0.8.1",
  toolchain: java("simpleclient-0.8.1", ["simpleclient"]),
  families: { ...noNative, ...noInfo },
  keys: plusForSpace,
  note: emptyIsNothing,
};
const prometheusMetrics: Client = {
  name: "Java prometheus-metrics-exporter-pushgateway 1.5.1",
  toolchain: java("prometheus-metrics", []),
  keys: plusForSpace,
};
const prometheusClient: Client = {
  name: "Python prometheus_client 0.26.0",
  toolchain: python,
  families: {
    ...noNative,
    ...CREATED,
    // Its summaries have no quantiles.
    client_size_bytes: withoutQuantiles(ALL["client_size_bytes"]),
  },
};
const promClient: Client = {
  name: "Node prom-client 15.1.3",
  toolchain: node,
  families: { ...noNative, ...noInfo },
  keys: noSlash,
  note: emptyIsNothing,
};

export const clients: readonly Client[] = [
  clientGolang,
  { ...clientGolang, name: `${clientGolang.name}, text`, variant: "text" },
  simpleclient,
  {
    ...simpleclient,
    name: "Java simpleclient_pushgateway 0.16.0",
    toolchain: java("simpleclient-0.16.0", ["simpleclient"]),
    families: { ...noNative, ...CREATED },
  },
  prometheusMetrics,
  { ...prometheusMetrics, name: `${prometheusMetrics.name}, text`, variant: "text" },
  prometheusClient,
  { ...prometheusClient, name: `${prometheusClient.name}, gzip`, variant: "gzip" },
  { ...prometheusClient, name: `${prometheusClient.name}, snappy`, variant: "snappy" },
  promClient,
  { ...promClient, name: `${promClient.name}, gzip`, variant: "gzip" },
  { ...promClient, name: `${promClient.name}, OpenMetrics`, variant: "openmetrics" },
  {
    name: "Rust prometheus 0.14.0",
    toolchain: rust,
    families: { ...noNative, ...noInfo, client_size_bytes: undefined },
    keys: { "a slash": { fails: /job contains '\/'/, reason: "it refuses a slash itself" } },
    cannotDelete: true,
    note: emptyIsNothing,
    refusal: /unexpected status code 400 Bad Request/,
  },
  { name: "curl", toolchain: curl, families: { ...noNative, ...noInfo } },
];

function withoutQuantiles(summary = ""): string {
  return summary.replaceAll(/.*quantile=.*\n/g, "");
}

import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** One case of the specification: what a fresh Pushgateway answers, step by step. The head of the file says what the fields mean. */
export interface Case {
  readonly id: string;
  readonly title: string;
  readonly flags?: readonly string[];
  readonly steps: readonly Step[];
}

export type Step =
  | RequestStep
  /** For what a Pushgateway does behind its answer. Ours has done it by then, so nobody waits. */
  | { readonly wait_ms: number }
  | { readonly restart: NodeJS.Signals }
  | { readonly write_file: { readonly path: string; readonly content: string } };

interface RequestStep {
  readonly request: CaseRequest;
  readonly expect: Expectation;
}

export interface CaseRequest {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly body_b64?: string;
  readonly chunked?: boolean;
}

/** The labels of a group. */
type GroupLabels = Readonly<Record<string, string>>;

export interface Expectation {
  readonly status: number;
  readonly body?: string;
  readonly body_contains?: readonly string[];
  readonly body_matches?: readonly string[];
  readonly body_not_contains?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly headers_expect?: Readonly<Record<string, string>>;
  readonly headers_absent?: readonly string[];
  readonly series?: readonly string[];
  readonly series_exact?: readonly string[];
  readonly series_matches?: readonly string[];
  readonly series_absent?: readonly string[];
  readonly families?: Readonly<Record<string, readonly [type: string, help: string | null]>>;
  readonly type_lines?: Readonly<Record<string, number>>;
  readonly help_lines?: Readonly<Record<string, number>>;
  readonly help_one_of?: Readonly<Record<string, readonly string[]>>;
  readonly groups?: readonly GroupLabels[];
  readonly json?: unknown;
  readonly json_absent?: readonly string[];
  readonly process_exit?: number;
}

/** What the file can ask for and a runner has to know: a word that is new here must not pass unseen. */
const KNOWN: ReadonlySet<string> = new Set([
  "status",
  "body",
  "body_contains",
  "body_matches",
  "body_not_contains",
  "headers",
  "headers_expect",
  "headers_absent",
  "series",
  "series_exact",
  "series_matches",
  "series_absent",
  "families",
  "type_lines",
  "help_lines",
  "help_one_of",
  "groups",
  "json",
  "json_absent",
  "process_exit",
]);

/** A family of the relay itself, in the place of one that only a process written in Go has. */
const OWN_GAUGE = "process_resident_memory_bytes";

export function readCases(): readonly Case[] {
  const file = new URL("../fixtures/conformance/pushgateway.yaml", import.meta.url);
  return parseCases(readFileSync(file, "utf8"), OWN_GAUGE);
}

/** The cases of the file's text; `ownGauge` is a family of the relay that is tested. */
export function parseCases(yaml: string, ownGauge: string): readonly Case[] {
  const { cases } = parse(yaml.replaceAll("go_goroutines", ownGauge)) as { readonly cases: readonly Case[] };
  for (const { id, steps } of cases) {
    for (const step of steps) {
      const words = "expect" in step ? Object.keys(step.expect) : [];
      const unknown = words.find((word) => !KNOWN.has(word));
      if (unknown !== undefined) throw new Error(`${id} expects ${unknown}, which the runner does not know`);
    }
  }
  return cases;
}

import type { BodyFormat } from "../../../src/core/exposition/parsed-body.ts";
import type { ViewFormat } from "../../../src/core/exposition/write/format.ts";
import { TEXT } from "../../../src/core/exposition/write/format.ts";
import type { Settings } from "../../../src/core/partition/settings.ts";
import { flinkBody, processSample } from "../../support/flink-body.ts";
import { createInMemoryRelay, type InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";
import { seriesOfView } from "../../support/view-series.ts";
import type { Random } from "../../support/random.ts";
import { makeProtobufBody } from "../protobuf-bodies.ts";
import { readStrictText } from "../strict-text.ts";
import { checkMessage, type Target } from "../target.ts";
import { makeTextBody, openMetricsFragments, textFragments } from "../text-bodies.ts";

/** A push of a history: one line of JSON in an input, so that a history can be made shorter line by line. */
interface Push {
  readonly path: string;
  readonly method: "PUT" | "POST" | "DELETE";
  readonly format: BodyFormat;
  /** The body, a byte a character. */
  readonly body: string;
}

const FLINK = "flink0123456789abcdef0123456789abcdef";
const PATHS = [
  ["/job/a", "/job/a/l/v", "/job/a/l/w", "/job/b/instance/i", "/job/b/le/1/quantile/2", "/job@base64/Yw"],
  [`/job/${FLINK}`, `/job/${FLINK}/env/x`, "/job/flink", "/job/__proto__/constructor/toString"],
].flat();
/** Beside plain text, one of them for each history. */
const FORMATS: readonly ViewFormat[] = [
  { encoding: "text", escaping: "allow-utf-8" },
  { encoding: "text", escaping: "values" },
  { encoding: "openmetrics", escaping: "allow-utf-8" },
  { encoding: "openmetrics", escaping: "underscores" },
  { encoding: "protobuf", escaping: "allow-utf-8" },
];

const KEPT = 'witness_total{instance="w",job="witness",l="v"} 42';
const FLEET = 'flink_taskmanager_Status_JVM_Threads_Count{host="host_w",instance="",job="flink",tm_id="w"} 7';

/**
 * Histories of pushes against a whole relay in memory: each push is taken or refused in one line, a group that
 * nobody touches stays what it is, every view can be read by a parser that is not ours, in every format, and is the
 * same after a restart.
 */
export function relayTarget(settings: Partial<Settings> = {}): Target {
  return {
    name: settings.utf8Names === true ? "relay, UTF-8" : "relay",
    make: (random) => Buffer.from(Array.from({ length: 1 + random.below(6) }, () => lineOf(random)).join("")),
    check(input) {
      const pushes = Buffer.from(input.buffer, input.byteOffset, input.length)
        .toString("utf8")
        .split("\n")
        .flatMap((line) => pushOf(line) ?? []);
      const store = createKeptStore();
      const relay = createInMemoryRelay({ store, settings });
      setWitnesses(relay);
      for (const push of pushes) {
        follow(relay, push);
        relay.advance(1_000);
      }
      const formats = [TEXT, ...FORMATS.filter((_, i) => i === input.length % FORMATS.length)];
      const before = checkViews(relay, formats);
      relay.restart(3);
      const after = checkViews(relay, formats);
      for (const [i, view] of before.entries()) {
        if (view !== after[i]) throw new Error(`a restart makes another view:\n${view}\n--\n${after[i]}`);
      }
    },
  };
}

function lineOf(random: Random): string {
  const format = random.pick(["text", "text", "text", "openmetrics", "protobuf"] as const);
  const push: Push = {
    path: random.pick(PATHS),
    method: random.pick(["PUT", "PUT", "POST", "POST", "DELETE"]),
    format,
    body: Buffer.from(bodyOf(format, random)).toString("latin1"),
  };
  return `${JSON.stringify(push)}\n`;
}

function bodyOf(format: BodyFormat, random: Random): Uint8Array {
  if (format === "protobuf") return makeProtobufBody(random);
  if (format === "openmetrics") return makeTextBody(random, openMetricsFragments, "# EOF\n");
  return makeTextBody(random, textFragments);
}

function pushOf(line: string): Push | undefined {
  try {
    const push = JSON.parse(line) as Partial<Push>;
    const { path = "", method, format, body } = push;
    if (!PATHS.includes(path) || body === undefined) return undefined;
    if (!["PUT", "POST", "DELETE"].includes(String(method))) return undefined;
    return ["text", "openmetrics", "protobuf"].includes(String(format)) ? (push as Push) : undefined;
  } catch {
    return undefined;
  }
}

function setWitnesses(relay: InMemoryRelay): void {
  relay.push("/job/witness/instance/w", '# TYPE witness_total counter\nwitness_total{l="v"} 42\n');
  relay.push(
    "/job/flinkfedcba9876543210fedcba9876543210",
    flinkBody(processSample("Status_JVM_Threads_Count", "w", 7)),
  );
}

function follow(relay: InMemoryRelay, { path, method, format, body }: Push): void {
  if (method === "DELETE") {
    relay.delete(path);
    return;
  }
  const refusal = relay.push(path, Buffer.from(body, "latin1"), { method, format });
  // Conflicts with other groups are a list, as a Pushgateway tells them.
  if (refusal !== undefined) checkMessage(refusal.message.replaceAll("\n* ", " * "));
}

/** The views as a scrape could get them, without HELP: of several the first that was pushed is shown. */
function checkViews(relay: InMemoryRelay, formats: readonly ViewFormat[]): string[] {
  return (["merged", "raw"] as const).flatMap((view) =>
    formats.map((format) => {
      const { bytes } = relay.scrape(view, format);
      const text = bytes.toString(format.encoding === "protobuf" ? "latin1" : "utf8");
      try {
        if (format.encoding === "text") readStrictText(bytes);
        else seriesOfView(bytes, format);
      } catch (error) {
        if (isKnown(error)) return "";
        throw new Error(`${view} in ${format.encoding}, ${format.escaping}: ${String(error)}\n${text}`, {
          cause: error,
        });
      }
      if (format.encoding === "text" && !text.includes(KEPT))
        throw new Error(`the witness is not in ${text}`);
      if (format.encoding === "text" && view === "merged" && !text.includes(FLEET)) {
        throw new Error(`the witness of the fleet is not in ${text}`);
      }
      return format.encoding === "protobuf" ? "" : text.replaceAll(/^# HELP .*\n/gm, "");
    }),
  );
}

/**
 * What the specification of OpenMetrics forbids and Prometheus reads: a family whose name another has for a part, such as
 * a summary `s` beside `s_created`; counts that were pushed as NaN, below 0, or for a bucket lower than for one within it.
 */
function isKnown(error: unknown): boolean {
  return (
    error instanceof Error &&
    /is of a family above|what counts cannot be|counts less than the one before/.test(error.message)
  );
}

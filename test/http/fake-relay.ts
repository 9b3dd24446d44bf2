import type { RefusedJob } from "../../src/core/coordinator/refusals.ts";
import type { ViewFormat } from "../../src/core/exposition/write/format.ts";
import type { GroupingKey } from "../../src/core/grouping-key.ts";
import type { Refusal } from "../../src/core/partition/commands.ts";
import type { View } from "../../src/core/view/create-part.ts";
import type { AppOptions } from "../../src/http/app.ts";
import { createApp } from "../../src/http/app.ts";
import { gzipStream, zstdStream } from "../../src/platform/compressing.ts";
import type {
  ExplainAnswer,
  GroupAnswer,
  Health,
  Platform,
  Received,
  Relay,
  ScrapeAnswer,
  UndoAnswer,
} from "../../src/http/relay.ts";

/** A body that has arrived whole. */
interface FakeBody {
  readonly bytes: Uint8Array;
}

export interface FakeRelayOptions extends Partial<AppOptions> {
  readonly refusal?: Refusal;
  readonly received?: Received<FakeBody>;
  readonly health?: Partial<Health>;
  readonly explained?: ExplainAnswer;
  readonly undone?: UndoAnswer;
  readonly groups?: GroupAnswer;
  readonly refused?: readonly RefusedJob[];
  /** Undefined for a platform that has none. */
  readonly zstd?: Platform<FakeBody>["zstd"];
  /** What a scrape throws, or the pieces of its answer. */
  readonly scrape?: Error | readonly string[];
  readonly scraped?: Promise<ScrapeAnswer>;
}

export interface FakeRelay {
  /** What the routes have asked for, in order: `PUT {job="a"} body` (the format before it if it is no text), `DELETE {job="a"}`, `sign {job="a"}`, `scrape raw` (then encoding and escaping, if they are others than those of plain text). */
  readonly calls: readonly string[];
  /** What it was told to remember: `{job="a"} too_large: no`. */
  readonly refusals: readonly string[];
  request(method: string, target: string, init?: RequestInit): Promise<Response>;
}

/** The routes over a relay that does nothing but remember: here we only ensure that it is asked rightly, and what is answered. */
export function createFakeRelay(options: FakeRelayOptions = {}): FakeRelay {
  const calls: string[] = [];
  const refusals: string[] = [];
  const relay: Relay<FakeBody> = {
    async push(key, method, { bytes }, format) {
      const body = new TextDecoder().decode(bytes);
      calls.push([method, canonical(key), ...(format === "text" ? [] : [format]), body].join(" "));
      return options.refusal;
    },
    async delete(key) {
      calls.push(`DELETE ${canonical(key)}`);
      return options.refusal;
    },
    sign(key) {
      calls.push(`sign ${canonical(key)}`);
    },
    noteRefused(key, reason, message) {
      refusals.push(`${key === undefined ? "-" : canonical(key)} ${reason}: ${message}`);
    },
    refused: () => options.refused ?? [],
    async scrape(view: View, { encoding, escaping }: ViewFormat, asked) {
      const { names = [], jobs = [], selectors = [] } = asked ?? {};
      const part = [...names, ...jobs.map((job) => `job=${job}`), ...selectors].join(" ");
      calls.push(
        `scrape ${view}${encoding === "text" ? "" : ` ${encoding}`}${escaping === "underscores" ? "" : ` ${escaping}`}${part === "" ? "" : ` of ${part}`}`,
      );
      if (options.scrape instanceof Error) throw options.scrape;
      if (options.scraped !== undefined) return await options.scraped;
      const texts = options.scrape ?? ["a 1\n"];
      const pieces = (async function* encoded() {
        for (const text of texts) yield await Promise.resolve(new TextEncoder().encode(text));
      })();
      return { ok: true, pieces };
    },
    async explain(selector) {
      calls.push(`explain ${selector}`);
      return options.explained ?? { ok: true, series: [], isCut: false };
    },
    async undo(selectors) {
      calls.push(`undo ${selectors.join(" ")}`);
      return options.undone ?? { ok: true, outputs: [], marks: [], frozenSources: 0 };
    },
    async groups(selectors) {
      calls.push(["groups", ...selectors].join(" "));
      return options.groups ?? { ok: true, groups: [] };
    },
    async *groupTexts(groups) {
      for (const { canonicalKey } of groups) yield new TextEncoder().encode(JSON.stringify({ canonicalKey }));
    },
    async deleteGroups(groups) {
      for (const { canonicalKey } of groups) calls.push(`DELETE ${canonicalKey}`);
    },
    async wipe() {
      calls.push("wipe");
    },
    health: () => ({ unhealthy: undefined, unready: undefined, ...options.health }),
  };
  const platform: Platform<FakeBody> = {
    target: (env) => (env as { target: string }).target,
    async receive(_, request) {
      return options.received ?? { ok: true, body: { bytes: new Uint8Array(await request.arrayBuffer()) } };
    },
    gzip: gzipStream,
  };
  const zstd = "zstd" in options ? options.zstd : zstdStream;
  const app = createApp(
    relay,
    { ...platform, zstd },
    {
      routePrefix: "",
      telemetryPath: "/metrics",
      view: "merged",
      utf8Names: false,
      linkBase: "",
      about: {
        build: { branch: "", buildDate: "", buildUser: "", goVersion: "", revision: "", version: "1.2.3" },
        flags: { view: "merged" },
        startTime: "2026-11-21T13:34:46.250Z",
      },
      adminApi: false,
      uncheckedPushes: false,
      openMetrics: false,
      ...options,
    },
  );
  return {
    calls,
    refusals,
    async request(method, target, init = {}) {
      const url = new URL(target, "http://relay");
      return await app.request(url.href, { ...init, method }, { target });
    },
  };
}

function canonical(key: GroupingKey): string {
  return key.canonical;
}

import { waitUntil } from "cloudflare:workers";
import { partitionOf } from "../core/partition-of.ts";
import type { Refusal } from "../core/partition/commands.ts";
import type { Selector } from "../core/selector/selector.ts";
import { MAX_EXPLAINED, mergeExplained } from "../core/view/merge-explained.ts";
import type { RefusedPush, Relay } from "../http/relay.ts";
import { createGroupAccess } from "../platform/group-access.ts";
import { parseSelector } from "../platform/promql/parse-selector.ts";
import { parseSelectors } from "../platform/promql/parse-selectors.ts";
import { mergeRefused, scrapeObjects } from "./edge-scrape.ts";
import type { PartitionPort, Place, RegistryPort, SentPush, SiteContext } from "./ports.ts";
import { PUSH_HEADER, TAKEN } from "./ports.ts";

export interface EdgeRelayDeps {
  readonly partitions: number;
  readonly lingerMs: number;
  readonly mostSources: number;
  partition(this: void, number: number): PartitionPort;
  registry(this: void): RegistryPort;
}

/** Sends the body on as it comes. */
async function sendPush(
  port: PartitionPort,
  { headers, body }: Request,
  push: SentPush,
): Promise<RefusedPush | undefined> {
  const sent = new Headers({ [PUSH_HEADER]: encodeURIComponent(JSON.stringify(push)) });
  for (const name of ["Content-Length", "Content-Encoding"]) {
    const value = headers.get(name);
    if (value !== null) sent.set(name, value);
  }
  const response = await port.fetch("http://partition/", { method: "POST", headers: sent, body });
  return response.status === TAKEN ? undefined : ((await response.json()) as RefusedPush);
}

/** The relay that a Worker speaks for. It holds nothing: any number of Workers may serve one site. */
export function createEdgeRelay(deps: EdgeRelayDeps): Relay<Request> {
  const { partitions, lingerMs, mostSources } = deps;
  const places = Array.from({ length: partitions }, (_, partition): Place => ({ partition, partitions }));

  function placeOf(canonicalKey: string): { readonly place: Place; readonly port: PartitionPort } {
    const partition = partitionOf(canonicalKey, partitions);
    return { place: { partition, partitions }, port: deps.partition(partition) };
  }

  async function gather<T>(ask: (port: PartitionPort, place: Place) => Promise<T>): Promise<T[]> {
    return await Promise.all(places.map((place) => ask(deps.partition(place.partition), place)));
  }

  function context(): Promise<SiteContext> {
    return deps.registry().context(partitions);
  }

  async function explain(selector: Selector): Promise<ReturnType<typeof mergeExplained>> {
    const { observedMs, families } = await context();
    // One more than is shown tells that there are more.
    const most = MAX_EXPLAINED + 1;
    const parts = await gather((port, place) => port.explain(place, selector, observedMs, most));
    return mergeExplained(parts.flat(), { observedMs, lingerMs, isPushed: (name) => families.has(name) });
  }

  const groupAccess = createGroupAccess({
    async all() {
      const { observedMs } = await context();
      return (await gather((port, place) => port.groups(place, observedMs))).flat();
    },
    async texts(groups) {
      const partition = groups[0]?.partition ?? 0;
      const stream = await deps.partition(partition).groupTexts({ partition, partitions }, groups);
      return new Uint8Array(await new Response(stream).arrayBuffer());
    },
    shardOf: (partition) => partition,
    delete: (partition, keys) => deps.partition(partition).deleteGroups({ partition, partitions }, keys),
    wipe: () => deps.registry().wipe(partitions),
  });

  return {
    push(key, method, request, format) {
      const { place, port } = placeOf(key.canonical);
      return orRefusal(sendPush(port, request, { place, key, method, format }));
    },
    delete(key) {
      const { place, port } = placeOf(key.canonical);
      return orRefusal(port.follow(place, { kind: "delete", key }));
    },
    sign(key) {
      const { place, port } = placeOf(key.canonical);
      waitUntil(port.follow(place, { kind: "sign", key }));
    },
    noteRefused(key, reason, message) {
      // Its partition has noted what it refused itself.
      if (key !== undefined) return;
      const { place, port } = placeOf("");
      waitUntil(port.noteRefused(place, key, reason, message));
    },
    refused: async () => mergeRefused(await gather((port, place) => port.refused(place))),
    scrape: (view, format, asked) =>
      scrapeObjects(
        {
          partitions,
          lingerMs,
          mostSources,
          context,
          partition: deps.partition,
          told: (outcome) =>
            waitUntil(
              deps
                .registry()
                .noteScrape(partitions, outcome)
                .catch(() => {}),
            ),
        },
        view,
        format,
        asked,
      ),
    async explain(text) {
      const parsed = parseSelector(text);
      if (!parsed.ok) return { ok: false, message: `character ${parsed.at + 1}: ${parsed.message}` };
      return { ok: true, ...(await explain(parsed.selector)) };
    },
    async undo(texts) {
      const parsed = parseSelectors(texts);
      if (!parsed.ok) return parsed;
      return { ok: true, ...(await deps.registry().undo(partitions, parsed.selectors)) };
    },
    ...groupAccess,
    // Those of a partition in a row: it is asked for many at once, because a request may make so many calls and no more.
    groupTexts: (groups) => groupAccess.groupTexts(groups.toSorted((x, y) => x.partition - y.partition)),
    async health() {
      try {
        await context();
        return { unhealthy: undefined, unready: undefined };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { unhealthy: undefined, unready: `the registry does not answer: ${reason}` };
      }
    },
  };
}

/** An object that is reset answers its callers with an error of the platform. What it had not stored was not acknowledged. */
async function orRefusal<R extends RefusedPush>(
  work: Promise<R | undefined>,
): Promise<R | Refusal | undefined> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `nothing was stored (${reason}): the next push will bring the same totals`;
    return { code: "restarting", message };
  }
}

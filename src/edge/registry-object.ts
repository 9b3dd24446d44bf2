import { DurableObject } from "cloudflare:workers";
import { createAlarm } from "./alarm.ts";
import { configText } from "./config-text.ts";
import { familiesToForward } from "./edge-scrape.ts";
import type { EdgeRegistry } from "./edge-registry.ts";
import { startEdgeRegistry } from "./edge-registry.ts";
import type { Env } from "./env.ts";
import { partitionStub } from "./env.ts";
import type { EdgeForwarding } from "./forwarding.ts";
import { createEdgeForwarding } from "./forwarding.ts";
import { objectSqlite } from "./object-sqlite.ts";
import { ownFamilies } from "./own-families.ts";
import type { RegistryPort } from "./ports.ts";
import { configIn } from "./read-env.ts";
import { createScrapeCounts } from "./scrape-counts.ts";
import type { Site } from "./site.ts";
import { openSite } from "./site.ts";

type Asked<Name extends keyof RegistryPort> = Parameters<RegistryPort[Name]>;
type Answer<Name extends keyof RegistryPort> = ReturnType<RegistryPort[Name]>;

/** A site that nothing calls beats this often: what is missing between two beats was no time. */
const BEAT_MS = 30_000;

/** The Durable Object of the coordinator. What it decides is in `edge-registry.ts`; this is what calls it from outside. */
export class RegistryObject extends DurableObject<Env> implements RegistryPort {
  readonly #alarm = createAlarm(this.ctx.storage);
  readonly #config = configIn(this.env, configText);
  readonly #scrapes = createScrapeCounts();
  #made: EdgeForwarding | undefined;
  #site: Site | undefined;
  #started: Promise<EdgeRegistry> | undefined;

  async hello(...[place, report]: Asked<"hello">): Answer<"hello"> {
    return await (await this.#start(place.partitions)).hello(place, report);
  }

  async decide(...[place, id, question]: Asked<"decide">): Answer<"decide"> {
    return await (await this.#start(place.partitions)).decide(place, id, question);
  }

  async settled(...[place, id]: Asked<"settled">): Answer<"settled"> {
    await (await this.#start(place.partitions)).settled(place, id);
  }

  async note(...[place, released, marks]: Asked<"note">): Answer<"note"> {
    await (await this.#start(place.partitions)).note(place, released, marks);
  }

  async context(...[partitions]: Asked<"context">): Answer<"context"> {
    const context = await (await this.#start(partitions)).context();
    return { ...context, scrapes: this.#scrapes.list(), forwarded: this.#forwarding()?.status() };
  }

  async noteScrape(...[partitions, outcome]: Asked<"noteScrape">): Answer<"noteScrape"> {
    this.#openSite(partitions);
    this.#scrapes.note(outcome);
  }

  async undo(...[partitions, selectors]: Asked<"undo">): Answer<"undo"> {
    return await (await this.#start(partitions)).undo(selectors);
  }

  async wipe(...[partitions]: Asked<"wipe">): Answer<"wipe"> {
    await (await this.#start(partitions)).wipe();
  }

  async admit(...[partitions, sender]: Asked<"admit">): Answer<"admit"> {
    await this.#start(partitions);
    return this.#forwarding()?.admit(sender) ?? { relays: [], refusal: undefined };
  }

  /** Called by the platform. */
  async alarm(): Promise<void> {
    this.#alarm.ring();
    const site = this.#openSite(undefined);
    site.beat(Date.now());
    this.#alarm.wakeAt(Date.now() + BEAT_MS);
    await this.#forwardIfDue(site);
    if (!site.isTimeToTidy(Date.now())) return;
    await (await this.#start(site.partitions)).forgetIdleOutputs();
  }

  /** It takes less time than a beat. */
  async #forwardIfDue({ partitions }: Site): Promise<void> {
    const forwarding = this.#forwarding();
    if (forwarding === undefined) return;
    await this.#start(partitions);
    if (forwarding.dueMs() <= Date.now()) await forwarding.forward();
    this.#alarm.wakeAt(forwarding.dueMs());
  }

  #forwarding(): EdgeForwarding | undefined {
    if (this.#config.forwardUrl === "") return undefined;
    return (this.#made ??= createEdgeForwarding(this.#config, objectSqlite(this.ctx.storage), async () => {
      const { partitions } = this.#openSite(undefined);
      const registry = await this.#start(partitions);
      return await familiesToForward({
        partitions,
        lingerMs: this.#config.rollupLingerMs,
        context: () => registry.context(),
        partition: (number) => partitionStub(this.env, number),
      });
    }));
  }

  #openSite(partitions: number | undefined): Site {
    const { storage } = this.ctx;
    const site = (this.#site ??= openSite(objectSqlite(storage), partitions, Date.now(), 3 * BEAT_MS));
    if (partitions !== undefined && partitions !== site.partitions) throw site.refuse(partitions);
    return site;
  }

  /** Nobody is answered before all partitions have told what they have. They do not wait for this one then. */
  async #start(partitions: number): Promise<EdgeRegistry> {
    const site = this.#openSite(partitions);
    const started = (this.#started ??= this.ctx.blockConcurrencyWhile(async () => {
      this.#alarm.wakeAt(
        Math.min(Date.now() + BEAT_MS, this.#forwarding()?.dueMs() ?? Number.POSITIVE_INFINITY),
      );
      return await startEdgeRegistry({
        partitions,
        life: crypto.randomUUID(),
        clock: site.clock,
        own: ownFamilies,
        partition: (number) => partitionStub(this.env, number),
        wallMs: () => Date.now(),
      });
    }));
    return await started;
  }
}

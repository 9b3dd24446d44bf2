import { DurableObject } from "cloudflare:workers";
import { Buffer } from "node:buffer";
import type { LayoutTextModule } from "../core/layout-text/wasm-keeper.ts";
import { createWasmKeeper } from "../core/layout-text/wasm-keeper.ts";
import type { Refusal } from "../core/partition/commands.ts";
import type { RefusedPush } from "../http/relay.ts";
import { nodeBytes } from "../platform/bytes.ts";
import { sizeBytes } from "../platform/config/size.ts";
import { createPartsSender, NOTHING_KNOWN } from "../platform/pack-parts.ts";
import { ensureSchema } from "../platform/storage/schema.ts";
import { createTableStore } from "../platform/storage/table-store.ts";
import { createAlarm } from "./alarm.ts";
import layoutText from "../wasm/layout-text.wasm";
import { configText } from "./config-text.ts";
import type { EdgePartition } from "./edge-partition.ts";
import { createEdgePartition } from "./edge-partition.ts";
import type { Env } from "./env.ts";
import { registryStub } from "./env.ts";
import { createIsolateMemory } from "./isolate-memory.ts";
import { objectSqlite } from "./object-sqlite.ts";
import type { PartitionPort, Place, SentPush } from "./ports.ts";
import { PUSH_HEADER, TAKEN } from "./ports.ts";
import { configIn, inVariables, settingsOf } from "./read-env.ts";
import type { BodyRoom } from "./receive.ts";
import { receiveBody } from "./receive.ts";
import type { ViewHead } from "./sent-view.ts";
import { sendView } from "./sent-view.ts";

type Asked<Name extends keyof PartitionPort> = Parameters<PartitionPort[Name]>;
type Answer<Name extends keyof PartitionPort> = ReturnType<PartitionPort[Name]>;

/** Of all objects that share this isolate, and therefore its modules. */
const isolateMemory = createIsolateMemory();

/** The Durable Object of a partition. What it does is in `edge-partition.ts`; this is what calls it from outside. */
export class PartitionObject extends DurableObject<Env> implements Omit<PartitionPort, "fetch"> {
  readonly #sqlite = objectSqlite(this.ctx.storage);
  readonly #alarm = createAlarm(this.ctx.storage);
  readonly #config = configIn(this.env, configText);
  readonly #room: BodyRoom = {
    take: (bytes) => {
      const hasRoom = isolateMemory.inflightBytes() + bytes <= this.#config.maxInflightBytes;
      if (hasRoom) this.#inflightBytes += bytes;
      return hasRoom;
    },
    give: (bytes) => void (this.#inflightBytes -= bytes),
  };
  readonly #holder = {
    heldBytes: () => this.#opened?.footprint() ?? 0,
    inflightBytes: () => this.#inflightBytes,
  };
  #inflightBytes = 0;
  #opened: EdgePartition | undefined;

  /** A push. */
  async fetch(request: Request): Promise<Response> {
    const sent = JSON.parse(decodeURIComponent(request.headers.get(PUSH_HEADER) ?? "")) as SentPush;
    const partition = this.#open(sent.place);
    const received = await receiveBody(request, this.#config.maxBodyBytes, this.#room);
    if (!received.ok) return Response.json(await this.#refuse(sent, received));
    const { bytes, memory } = received.body;
    try {
      const refusal = await partition.push(sent, bytes);
      return refusal === undefined ? new Response(null, { status: TAKEN }) : Response.json(refusal);
    } finally {
      this.#room.give(memory.byteLength);
      // Frees it at once: for megabytes outside its heap a collector comes by again and again.
      memory.transfer(0);
    }
  }

  async #refuse({ place, key }: SentPush, { code, message }: RefusedPush): Promise<RefusedPush> {
    const partition = this.#open(place);
    // A source that there was no room for lives.
    if (code === "overloaded") await partition.follow({ kind: "sign", key });
    const refusal = inVariables({ code, message });
    partition.refusals.note({ key, reason: code, message: refusal.message, wallMs: Date.now() });
    return refusal;
  }

  async follow(...[place, command]: Asked<"follow">): Answer<"follow"> {
    return await this.#open(place).follow(command);
  }

  async noteRefused(...[place, key, reason, message]: Asked<"noteRefused">): Answer<"noteRefused"> {
    this.#open(place).refusals.note({ key, reason, message, wallMs: Date.now() });
  }

  async refused(...[place]: Asked<"refused">): Answer<"refused"> {
    return this.#open(place).refusals.list();
  }

  async view(...[place, request]: Asked<"view">): Answer<"view"> {
    const { shard, refusals, facts } = this.#open(place);
    const { view, observedMs, format, filter, mostSources } = request;
    const open = shard.parts(view, observedMs, format, filter);
    const packed = createPartsSender("").pack(
      open.map(({ part }) => part),
      NOTHING_KNOWN,
    );
    const head: ViewHead = {
      parts: packed,
      statuses: shard.statuses(mostSources),
      facts: facts(),
      refused: refusals.list(),
    };
    return sendView(head, open);
  }

  async explain(...[place, selector, observedMs, most]: Asked<"explain">): Answer<"explain"> {
    return this.#open(place).shard.explain(selector, observedMs, most);
  }

  async undoables(...[place, selectors]: Asked<"undoables">): Answer<"undoables"> {
    return this.#open(place).shard.undoables(selectors);
  }

  async groups(...[place, observedMs]: Asked<"groups">): Answer<"groups"> {
    return this.#open(place).shard.groups(observedMs);
  }

  async deleteGroups(...[place, keys]: Asked<"deleteGroups">): Answer<"deleteGroups"> {
    const partition = this.#open(place);
    for (const key of keys) await partition.follow({ kind: "delete", key });
  }

  async groupTexts(...[place, groups]: Asked<"groupTexts">): Answer<"groupTexts"> {
    return streamOf(Buffer.from(this.#open(place).shard.groupTexts(groups).join(",")));
  }

  async suspects(...[place, id, nameSets]: Asked<"suspects">): Answer<"suspects"> {
    return this.#open(place).shard.suspects(id, nameSets);
  }

  async twins(...[place, suspects]: Asked<"twins">): Answer<"twins"> {
    return this.#open(place).shard.twins(place.partition, suspects);
  }

  async idleOutputs(...[place, beforeMs]: Asked<"idleOutputs">): Answer<"idleOutputs"> {
    return this.#open(place).shard.idleOutputs(beforeMs);
  }

  async busyOutputs(...[place, ids, beforeMs]: Asked<"busyOutputs">): Answer<"busyOutputs"> {
    return this.#open(place).shard.busyOutputs(ids, beforeMs);
  }

  async report(...[place, life, clock]: Asked<"report">): Answer<"report"> {
    return this.#open(place).report(life, clock);
  }

  /** Called by the platform. Only an object that was opened before has set one. */
  async alarm(): Promise<void> {
    this.#alarm.ring();
    const [row] = this.#sqlite.all(
      "SELECT partition.value AS partition, partitions.value AS partitions FROM meta AS partition, meta AS partitions WHERE partition.key = 'partition' AND partitions.key = 'partitions'",
    );
    const place = { partition: Number(row?.["partition"]), partitions: Number(row?.["partitions"]) };
    await this.#open(place).wake();
  }

  #open(place: Place): EdgePartition {
    const opened = (this.#opened ??= this.#load(place));
    if (opened.place.partitions === place.partitions) return opened;
    throw new Error(
      `this is one of ${opened.place.partitions} partitions, not of ${place.partitions}: ${OTHER_NUMBER}`,
    );
  }

  #load(place: Place): EdgePartition {
    const name = `partition ${place.partition}`;
    ensureSchema(this.#sqlite, name, place.partitions, OTHER_NUMBER);
    this.#sqlite.run("INSERT OR IGNORE INTO meta VALUES ('partition', ?)", place.partition);
    // Compiled of src/wasm/layout-text.ts, whose exports the interface repeats. Each object has a memory of its own.
    const module = new WebAssembly.Instance(layoutText).exports as unknown as LayoutTextModule;
    const { maxHeldBytes } = this.#config;
    const partition = createEdgePartition({
      place,
      store: createTableStore(this.#sqlite, name, () => {}),
      settings: settingsOf(this.#config),
      texts: createWasmKeeper(module, nodeBytes),
      registry: () => registryStub(this.env),
      wallMs: () => Date.now(),
      outOfRoom({ series, footprint }) {
        if (series <= 0) return undefined;
        const after = isolateMemory.heldBytes() + footprint();
        return after > maxHeldBytes ? outOfMemory(maxHeldBytes) : undefined;
      },
      wakeAt: (wallMs) => this.#alarm.wakeAt(wallMs),
      fail: (reason) => this.ctx.abort(reason),
    });
    isolateMemory.count(place.partition, this.#holder);
    return partition;
  }
}

function outOfMemory(mostBytes: number): Refusal {
  const message = `what is held takes about ${sizeBytes.render(mostBytes)} of an isolate's memory, the most by --limit.held-bytes: push fewer series, delete groups that nobody needs, or let a part of the fleet push to a second site`;
  return { code: "full", message };
}

/** Completes an error of the store. */
const OTHER_NUMBER =
  "the number is that of the first deployment; set SLUICE_PARTITIONS back, or deploy a new site under another name";

/** Of any length: a plain answer may have 32 MB. */
function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const { body } = new Response(bytes);
  if (body === null) throw new Error("BUG: a response with a body has none");
  return body;
}

import type { StartThreadPool } from "../../src/node/thread-pool.ts";
import { createRandom } from "../support/random.ts";
import type { Client } from "./clients.ts";
import { createBatchClient, createTaskManager, createTwinClient } from "./clients.ts";
import type { DiskMutants } from "./disk.ts";
import { createDisk } from "./disk.ts";
import type { Operation } from "./operation.ts";
import { createPromises } from "./promises.ts";
import type { Action } from "./scheduler.ts";
import { settle } from "./scheduler.ts";
import type { SimulatedRelay } from "./simulated-relay.ts";
import { CUT_OFF, startSimulatedRelay } from "./simulated-relay.ts";

/** What happens before everything is let come to an end. */
const STEPS = 120;
/** Nobody is given up before, so that nothing is checked against what has rightly gone. */
const LONGEST_RUN_MS = 8 * 60_000;
/** In the end nothing is left to do after so many steps, or something goes in circles. */
const MOST_STEPS_TO_END = 5_000;

/** Bugs to plant. */
export interface Mutants extends DiskMutants {
  readonly changePool?: (start: StartThreadPool) => StartThreadPool;
}

/** A request on its way. */
interface Sent {
  readonly operation: Operation;
  readonly client: Client;
}

/**
 * One history of a relay under a scheduler that knows nothing but its seed: clients, threads, a disk, crashes. The
 * same seed is the same history, step by step. Throws with that history where a promise is broken.
 */
export async function simulate(seed: number, mutants: Mutants = {}): Promise<void> {
  const history: string[] = [];
  let unhandled: Error | undefined;
  const noteUnhandled = (error: unknown): void => {
    unhandled ??= error instanceof Error ? error : new Error("an unknown rejection");
  };
  process.on("unhandledRejection", noteUnhandled);
  try {
    await run(seed, mutants, (what) => {
      // It would end the process.
      if (unhandled !== undefined)
        throw new Error(`nobody has caught ${unhandled.message}`, { cause: unhandled });
      history.push(what);
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`seed ${seed}: ${reason}\nafter ${history.length} steps:\n${history.join("\n")}`, {
      cause: error,
    });
  } finally {
    process.off("unhandledRejection", noteUnhandled);
  }
}

async function run(seed: number, mutants: Mutants, note: (what: string) => void): Promise<void> {
  const random = createRandom(seed);
  const disk = createDisk(createRandom(seed, 1), mutants);
  let number = 0;
  const numbers = { next: () => (number += 1) };
  const clients: Client[] = [
    createBatchClient("/job/a", 'instance="",job="a"', random, numbers),
    createBatchClient("/job/a/l/v", 'instance="",job="a",l="v"', random, numbers),
    createBatchClient("/job/b/instance/i", 'instance="i",job="b"', random, numbers),
    createTwinClient(false, random, numbers),
    createTwinClient(true, random, numbers),
    ...[1, 2, 3].map((each) => createTaskManager(each, random, numbers)),
  ];
  const promises = createPromises(clients);
  let monotonicMs = 0;
  let relay = await start();
  /** Those that wait for an answer; who has lost patience is not among them. */
  const waiting = new Set<Client>();
  let network: Sent[] = [];
  let answers: { readonly what: string; tell(): void }[] = [];
  /** Requests that the relay has and has not answered. */
  const open = new Set<string>();
  let healsAfter = 0;
  let answered = 0;
  let checked = "";

  async function start(): Promise<SimulatedRelay> {
    const { changePool } = mutants;
    const threads = 1 + random.below(3);
    note(`the relay starts with ${threads} threads`);
    return await startSimulatedRelay({
      disk,
      threads,
      settings: {},
      monotonicMs: () => monotonicMs,
      ...(changePool === undefined ? {} : { changePool }),
    });
  }

  function send(client: Client, isLast = false): void {
    const operation = client.next(isLast);
    const counts = client.isFleet
      ? [...operation.counts].map(([life, value]) => ` ${life}: ${value}`).join(",")
      : [...operation.shown.values()].map((line) => ` ${line}`).join(",");
    const repeat = operation.isRepeat ? ", a repeat" : "";
    note(`${client.name} sends ${operation.method} ${operation.id}${counts}${repeat}`);
    waiting.add(client);
    network.push({ operation, client });
  }

  function arrive({ operation, client }: Sent): void {
    const at = relay;
    promises.arrive(operation, at.observedMs());
    const asked = `${operation.method} ${operation.id} of ${client.name}`;
    open.add(asked);
    void at
      .request(operation.method, `/metrics${operation.path}`, Buffer.from(operation.body))
      .then(({ status, text }) => {
        // Its process has ended.
        if (at !== relay) return;
        open.delete(asked);
        note(`${operation.method} ${operation.id} is answered ${status} ${text.trim()}`);
        answered += 1;
        promises.answer(operation, status, text);
        const what = `${client.name} hears ${status} of ${operation.id}`;
        answers.push({ what, tell: () => void waiting.delete(client) });
      })
      .catch(fail);
  }

  let failure: unknown;
  function fail(error: unknown): void {
    failure ??= error;
  }

  function scrape(view: "merged" | "raw"): void {
    const at = relay;
    const floor = promises.floor();
    const asked = `scrape ${numbers.next()} of the view ${view}`;
    open.add(asked);
    void at
      .request("GET", `/metrics?view=${view}`)
      .then(({ status, text }) => {
        if (at !== relay) return;
        open.delete(asked);
        // A scrape is given up when a thread dies twice while it is asked, or cannot be started again.
        if (status === 200) promises.checkScrape(view, text, floor);
        else if (status === CUT_OFF) return;
        else if (status !== 500 || !/killed by the simulator|cannot be started again/.test(text)) {
          throw new Error(`a scrape is answered ${status}: ${text}`);
        }
      })
      .catch(fail);
  }

  async function crash(): Promise<void> {
    disk.crash();
    promises.crash();
    open.clear();
    answers = [];
    waiting.clear();
    relay = await start();
  }

  function advance(ms: number): void {
    monotonicMs += ms;
    relay.relay.tick();
  }

  function lifeGoesOn(): Action[] {
    return [
      ...relay.actions(),
      ...network.map((sent) => ({
        what: `${sent.operation.method} ${sent.operation.id} of ${sent.client.name} arrives`,
        weight: 4,
        do() {
          network = network.filter((each) => each !== sent);
          arrive(sent);
        },
      })),
      ...answers.map((answer) => ({
        what: answer.what,
        weight: 4,
        do() {
          answers = answers.filter((each) => each !== answer);
          answer.tell();
        },
      })),
    ];
  }

  function faults(): Action[] {
    const busy = [...waiting].map((client) => ({
      what: `${client.name} waits no longer`,
      weight: 0.3,
      do: () => void waiting.delete(client),
    }));
    const lost = network.map((sent) => ({
      what: `${sent.operation.method} ${sent.operation.id} of ${sent.client.name} is lost on its way`,
      weight: 0.2,
      do() {
        network = network.filter((each) => each !== sent);
        waiting.delete(sent.client);
      },
    }));
    const dying = relay.threads.map((thread, i) => ({
      what: `thread ${i} dies`,
      weight: thread.isAlive() ? 0.4 : 0,
      do: () => thread.die(),
    }));
    return [
      ...busy,
      ...lost,
      ...dying,
      { what: "the process is killed", weight: 0.5, do: crash },
      {
        what: "the disk is full",
        weight: disk.failure === undefined ? 0.4 : 0,
        do() {
          disk.failure = "database or disk is full";
          healsAfter = 3 + random.below(15);
        },
      },
      {
        what: "the disk cannot be read",
        weight: disk.isUnreadable ? 0 : 0.1,
        do() {
          disk.isUnreadable = true;
          healsAfter = 3 + random.below(15);
        },
      },
    ];
  }

  function events(): Action[] {
    const idle = clients.filter((client) => !waiting.has(client));
    const ms = 1_000 + random.below(15_000);
    return [
      ...idle.map((client) => ({ what: `${client.name} pushes`, weight: 2, do: () => send(client) })),
      ...(["merged", "raw"] as const).map((view) => ({
        what: `somebody scrapes the view ${view}`,
        weight: 0.6,
        do: () => scrape(view),
      })),
      {
        what: `${ms} ms pass`,
        weight: monotonicMs + ms < LONGEST_RUN_MS ? 2 : 0,
        do: () => advance(ms),
      },
    ];
  }

  async function step(actions: readonly Action[]): Promise<void> {
    const action = choose(actions, random.below(1_000_000) / 1_000_000);
    note(action.what);
    await action.do();
    await settle();
    if (failure !== undefined) throw failure;
    healsAfter -= 1;
    if (healsAfter <= 0) heal();
    await check();
  }

  /** Nothing else is shown unless a thread has worked, and nothing else is promised unless there was an answer. */
  async function check(): Promise<void> {
    const now = `${answered} ${relay.threads.map((thread) => thread.changes()).join(" ")}`;
    if (now === checked) return;
    checked = now;
    await promises.check(relay);
  }

  function heal(): void {
    disk.failure = undefined;
    disk.isUnreadable = false;
  }

  async function comeToRest(): Promise<void> {
    for (let left = MOST_STEPS_TO_END; left > 0; left -= 1) {
      const actions = lifeGoesOn();
      if (actions.length === 0) break;
      await step(actions);
    }
    if (open.size > 0) throw new Error(`these are never answered: ${[...open].join(", ")}`);
    if (relay.inflightBytes() > 0) throw new Error(`${relay.inflightBytes()} bytes are never given back`);
  }

  for (let left = STEPS; left > 0; left -= 1) await step([...lifeGoesOn(), ...faults(), ...events()]);
  note("nothing goes wrong any more");
  heal();
  await comeToRest();
  // A thread whose store has failed tries again with the next batch.
  advance(1_000);
  await comeToRest();
  // One after another, so that nothing stands against the last push of each but what is there.
  for (const client of clients.toReversed()) {
    waiting.clear();
    send(client, true);
    await comeToRest();
  }
  const { unhealthy, unready } = relay.relay.health();
  if (unhealthy !== undefined || unready !== undefined)
    throw new Error(`it is not ready: ${unhealthy ?? unready}`);
  // What is left now is durable, to the last push.
  await crash();
  await promises.check(relay);
}

function choose(actions: readonly Action[], at: number): Action {
  let rest = at * actions.reduce((sum, { weight }) => sum + weight, 0);
  for (const action of actions) {
    rest -= action.weight;
    if (rest < 0) return action;
  }
  throw new Error("BUG: there is nothing to do");
}

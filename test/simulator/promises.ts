import { readStrictText } from "../fuzz/strict-text.ts";
import type { Client } from "./clients.ts";
import type { GroupModel } from "./group-model.ts";
import { createGroupModel } from "./group-model.ts";
import type { Operation } from "./operation.ts";
import type { SimulatedRelay } from "./simulated-relay.ts";

const COUNTER = "flink_taskmanager_job_task_numRecordsIn";

/** What the relay has promised, and whether it keeps to it. */
export interface Promises {
  arrive(operation: Operation, observedMs: number): void;
  answer(operation: Operation, status: number, text: string): void;
  crash(): void;
  /** Looks at all that is committed. Throws where a promise is broken. */
  check(relay: SimulatedRelay): Promise<void>;
  /** What a scrape that began when `floor` was shown has been answered. */
  checkScrape(view: "merged" | "raw", text: string, floor: number): void;
  /** The total of the counters that has been shown; it must never fall again. */
  floor(): number;
}

export function createPromises(clients: readonly Client[]): Promises {
  const models = new Map<string, GroupModel>();
  /** By the value that a series has, or by the series: whose it is. */
  const owners = new Map<string, string>();
  for (const { path, isFleet } of clients) models.set(path, createGroupModel(path, isFleet));
  const acknowledged = new Set<Operation>();
  /** What was not refused. */
  const seen = new Set<Operation>();
  let shownTotal = 0;

  function modelOf(path: string): GroupModel {
    const model = models.get(path);
    if (model === undefined) throw new Error(`BUG: nobody has the path ${path}`);
    return model;
  }

  function checkGroups(text: string, observedMs: number): void {
    const families = readStrictText(Buffer.from(text));
    const observed = new Map([...models.keys()].map((path) => [path, new Map<string, string>()]));
    for (const line of text.split("\n")) {
      if (line === "" || line.startsWith("#") || line.startsWith("push_")) continue;
      const path = owners.get(ownedBy(line));
      const family = line.slice(0, line.indexOf("{"));
      if (path === undefined) throw new Error(`nobody has pushed ${line}`);
      observed.get(path)?.set(family, `${families.get(family)?.type} ${line}`);
    }
    for (const [path, model] of models) model.check(observed.get(path) ?? new Map(), observedMs);
  }

  function checkTotal(text: string, reported: number): void {
    const served = totalOf(text);
    if (served < shownTotal) throw new Error(`the counters fell from ${shownTotal} to ${served}`);
    const [least, most] = [mostOf(acknowledged), mostOf(seen)];
    if (served > most) throw new Error(`${served} is served, and only ${most} was ever pushed`);
    if (served + reported < least) {
      throw new Error(`${served} is served and ${reported} reported, but ${least} was acknowledged`);
    }
    shownTotal = served;
  }

  return {
    arrive(operation, observedMs) {
      modelOf(operation.path).arrive(operation, observedMs);
      for (const line of operation.shown.values()) {
        owners.set(ownedBy(line.slice(line.indexOf(" ") + 1)), operation.path);
      }
      seen.add(operation);
    },
    answer(operation, status, text) {
      const model = modelOf(operation.path);
      if (status === 200 || status === 202) {
        model.settle(operation, "applied");
        acknowledged.add(operation);
      } else if (status === 400 && operation.mayConflict && text.startsWith("pushed metrics are")) {
        model.settle(operation, "refused");
        seen.delete(operation);
      } else if (status === 503) {
        // A thread may have died behind its commit.
        const isOpen = text.startsWith("a thread has died");
        model.settle(operation, isOpen ? "unknown" : "refused");
        if (!isOpen) seen.delete(operation);
      } else {
        throw new Error(`${operation.method} ${operation.path} is answered ${status}: ${text}`);
      }
    },
    crash() {
      for (const model of models.values()) model.crash();
    },
    async check(relay) {
      const [raw, merged, statuses] = [
        await relay.peek("raw"),
        await relay.peek("merged"),
        relay.peekStatuses(),
      ];
      if (raw === undefined || merged === undefined || statuses === undefined) return;
      checkGroups(raw, relay.observedMs());
      readStrictText(Buffer.from(merged));
      const reported = statuses
        .flatMap(({ tallies }) => tallies)
        .filter(({ name, labels }) => name === "sluice_uncounted_increase_total" && labels.includes(COUNTER))
        .reduce((total, { value }) => total + value, 0);
      checkTotal(merged, reported);
    },
    checkScrape(view, text, floor) {
      readStrictText(Buffer.from(text));
      if (view === "raw") return;
      const served = totalOf(text);
      if (served < floor || served > mostOf(seen)) {
        throw new Error(`a scrape shows ${served}: ${floor} was shown before it, ${mostOf(seen)} was pushed`);
      }
    },
    floor: () => shownTotal,
  };
}

/** Two groups have the series of twins; theirs are told by their values. */
function ownedBy(line: string): string {
  return line.startsWith("twin{") ? line : line.slice(0, line.lastIndexOf(" "));
}

/** What the lives of all counters have counted, as far as these tell. */
function mostOf(operations: Iterable<Operation>): number {
  const most = new Map<string, number>();
  for (const { counts } of operations) {
    for (const [life, value] of counts) most.set(life, Math.max(value, most.get(life) ?? 0));
  }
  return [...most.values()].reduce((total, value) => total + value, 0);
}

function totalOf(merged: string): number {
  const lines = merged.split("\n").filter((line) => line.startsWith(`${COUNTER}{`));
  return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

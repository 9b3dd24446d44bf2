import { readFileSync } from "node:fs";
import type { WrittenFamily } from "../../core/exposition/write/writer.ts";
import type { FamilyText } from "../../core/view/own-families.ts";
import type { Admission } from "../../http/forwarded.ts";
import { renderForwardFamilies } from "../../platform/forward/forward-families.ts";
import { createForwarder } from "../../platform/forward/forwarder.ts";
import { createForwardTarget } from "../../platform/forward/forward-target.ts";
import type { Config } from "../config/config.ts";
import type { Logger } from "../logging.ts";
import { relayName } from "./relay-name.ts";

/** Sends the merged view to `--forward.url`, again and again. */
export interface Forwarding {
  admit(this: void, sender: string): Admission;
  families(): FamilyText[];
  /** Begins, after one interval: by then who forwards to this relay has done so. */
  start(): void;
  /** Forwards what has come since the last time, and ends. */
  stop(): Promise<void>;
}

/** Of the time that a process has to end. */
const LAST_FORWARD_MS = 3_000;

type ForwardingConfig = Pick<
  Config,
  "forwardUrl" | "forwardId" | "forwardIntervalMs" | "forwardTokenFile" | "storageFolder"
>;

export function createForwarding(
  config: ForwardingConfig,
  view: () => Promise<readonly WrittenFamily[]>,
  log: Logger,
): Forwarding {
  const { forwardUrl, forwardTokenFile, forwardIntervalMs: intervalMs } = config;
  const relay = config.forwardId === "" ? relayName(config.storageFolder) : config.forwardId;
  const token = (): string => (forwardTokenFile === "" ? "" : readFileSync(forwardTokenFile, "utf8").trim());
  const target = createForwardTarget(forwardUrl, token);
  const forwarder = createForwarder({ target, relay, intervalMs, view, log });
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  function wait(ms: number): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      underWay = run();
    }, ms);
  }

  async function run(): Promise<void> {
    wait(await forwarder.forward(stopping.signal));
  }

  return {
    admit: forwarder.admit,
    families: () => renderForwardFamilies(forwarder.status()),
    start() {
      log.info("the merged view is forwarded", { to: target.shown, relay });
      wait(intervalMs);
    },
    async stop() {
      if (timer === undefined) return;
      stopping.abort(new Error("the relay is stopping"));
      clearTimeout(timer);
      await underWay;
      await forwarder.forward(undefined, LAST_FORWARD_MS);
    },
  };
}

import type { WrittenFamily } from "../core/exposition/write/writer.ts";
import type { Admission } from "../http/forwarded.ts";
import type { ForwardStatus } from "../platform/forward/forward-families.ts";
import type { ForwardLog } from "../platform/forward/forwarder.ts";
import { createForwarder } from "../platform/forward/forwarder.ts";
import { createForwardTarget } from "../platform/forward/forward-target.ts";
import type { Sqlite } from "../platform/storage/sqlite.ts";
import type { EdgeConfig } from "./options.ts";

/** Sends the merged view of the site to `SLUICE_FORWARD_URL`, whenever its alarm rings for that. */
export interface EdgeForwarding {
  /** Unix time. */
  dueMs(): number;
  /** Never rejects. */
  forward(): Promise<void>;
  admit(sender: string): Admission;
  status(): ForwardStatus;
}

type ForwardingConfig = Pick<EdgeConfig, "forwardUrl" | "forwardId" | "forwardIntervalMs" | "forwardToken">;

const log: ForwardLog = {
  info: (message, { to }) => console.log(message, to),
  warn: (message, { to, error }) => console.warn(message, to, error),
};

const TABLE = "CREATE TABLE IF NOT EXISTS relay (name TEXT NOT NULL)";

export function createEdgeForwarding(
  config: ForwardingConfig,
  sqlite: Sqlite,
  view: () => Promise<readonly WrittenFamily[]>,
): EdgeForwarding {
  const { forwardUrl, forwardToken, forwardIntervalMs: intervalMs } = config;
  const relay = config.forwardId === "" ? storedName(sqlite) : config.forwardId;
  const target = createForwardTarget(forwardUrl, () => forwardToken);
  const forwarder = createForwarder({ target, relay, intervalMs, view, log });
  // By then who forwards to this site has done so.
  let dueMs = Date.now() + intervalMs;

  return {
    dueMs: () => dueMs,
    async forward() {
      dueMs = Date.now() + (await forwarder.forward());
    },
    admit: forwarder.admit,
    status: () => forwarder.status(),
  };
}

/** Made once for each site: under another name its counters would be another relay's. */
function storedName(sqlite: Sqlite): string {
  sqlite.exec(TABLE);
  const [row] = sqlite.all("SELECT name FROM relay");
  if (row !== undefined) return String(row["name"]);
  const name = `edge-${crypto.randomUUID().slice(0, 8)}`;
  sqlite.run("INSERT INTO relay VALUES (?)", name);
  return name;
}

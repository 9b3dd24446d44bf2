import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 120_000;

/**
 * Asks until there is nothing left to wait for. `isMissing` says what is not yet so, or undefined; if it still says
 * something at the limit, that is the error.
 */
export async function waitUntil(what: string, isMissing: () => Promise<string | undefined>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  for (;;) {
    const missing = await isMissing();
    if (missing === undefined) return;
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}: ${missing}`);
    await delay(300);
  }
}

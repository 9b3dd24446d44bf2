import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compile } from "./compile.ts";
import type { ServerProcess } from "./server-process.ts";

export type Encoding = "identity" | "gzip";

export interface Scrape {
  /** Of the body, as it was sent. */
  readonly bytes: number;
  readonly ms: number;
  readonly firstByteMs: number;
}

/** Scrapes with scrape.c, each time over a connection of its own. */
export interface Scraper {
  /** Rejects where the answer is not a whole page of that encoding. */
  scrape(server: ServerProcess, target: string, encoding: Encoding): Promise<Scrape>;
  remove(): Promise<void>;
}

export async function createScraper(): Promise<Scraper> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const program = await compile("scrape", folder);
  return {
    async scrape({ name, port }, target, encoding) {
      const { stdout } = await promisify(execFile)(program, [String(port), target, encoding]);
      const answer = JSON.parse(stdout) as Scrape & { status: number; isWhole: boolean; isGzip: boolean };
      if (answer.status !== 200 || !answer.isWhole)
        throw new Error(`${name} has answered a scrape with ${answer.status}, ${answer.bytes} bytes`);
      if (answer.isGzip !== (encoding === "gzip"))
        throw new Error(`${name} has not answered with ${encoding}`);
      return { bytes: answer.bytes, ms: answer.ms, firstByteMs: answer.firstByteMs };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip } from "node:zlib";
import type { Witnessed } from "./witness.ts";

/**
 * All that was pushed in a run, and what was done and told beside it: a capture as `sluice replay` reads it. It leaves
 * nothing, unless it is kept.
 */
export interface Recording extends AsyncDisposable {
  request(what: Witnessed): void;
  event(text: string): void;
  /** What was found when it was asked for. */
  truth(found: unknown): void;
  /** Ends it, with these files beside it; the folder, which stays. */
  keep(files: Readonly<Record<string, string>>): Promise<string>;
}

export function startRecording(): Recording {
  const folder = mkdtempSync(join(tmpdir(), "sluice-flink-"));
  // A minute of pushes is some 20 MB.
  const zip = createGzip({ level: 1 });
  const file = zip.pipe(createWriteStream(join(folder, "capture.jsonl.gz")));
  const startedMs = performance.now();
  let ended: Promise<unknown> | undefined;
  let isKept = false;

  function write(line: Readonly<Record<string, unknown>>): void {
    if (ended === undefined)
      zip.write(`${JSON.stringify({ t: Math.round(performance.now() - startedMs), ...line })}\n`);
  }

  async function end(): Promise<void> {
    if (ended === undefined) {
      ended = once(file, "close");
      zip.end();
    }
    await ended;
  }

  return {
    request: ({ contentType, ...rest }) => write({ ...rest, headers: { "content-type": contentType } }),
    event: (event) => write({ event }),
    truth: (truth) => write({ truth }),
    async keep(files) {
      isKept = true;
      await end();
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      return folder;
    },
    async [Symbol.asyncDispose]() {
      await end();
      if (!isKept) rmSync(folder, { recursive: true, force: true });
    },
  };
}

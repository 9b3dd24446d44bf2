import { setTimeout as delay } from "node:timers/promises";
import { CaptureError, type CaptureLine } from "./capture.ts";
import { asNewProcesses } from "./new-processes.ts";
import { play, type Tally } from "./play.ts";
import { readCapture } from "./read-capture.ts";
import { createSender } from "./sender.ts";

export interface Replay {
  readonly file: string;
  readonly relay: URL;
  readonly speed: number;
  /** Start again at the end, each time as new processes that run new jobs. */
  readonly loop: boolean;
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Sends a recording to a relay, once or until the signal. What earlier rounds pushed is left to expire. */
export async function replay({ file, relay, speed, loop, print, signal }: Replay): Promise<Tally> {
  const sender = createSender(relay);
  const clock = {
    nowMs: () => performance.now(),
    sleep: (ms: number) => delay(ms, undefined, signal === undefined ? {} : { signal }),
  };
  const rounds = loop ? Infinity : 1;
  let total: Tally = { sent: 0, failed: 0 };
  try {
    for (let round = 0; round < rounds; round++) {
      if (round > 0) print(`round ${round + 1}: the same as new processes, running new jobs`);
      const lines = asRound(readCapture(file), round);
      const { sent, failed } = await play(lines, { clock, send: sender.send, print, speed });
      if (sent === 0) throw new CaptureError("no line of it is a request");
      total = { sent: total.sent + sent, failed: total.failed + failed };
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    sender.close();
  }
  return total;
}

async function* asRound(lines: AsyncIterable<CaptureLine>, round: number): AsyncGenerator<CaptureLine> {
  for await (const line of lines) yield line.kind === "request" ? asNewProcesses(line, round) : line;
}

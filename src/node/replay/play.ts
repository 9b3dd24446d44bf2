import type { CaptureLine, RecordedRequest } from "./capture.ts";
import type { Answer } from "./sender.ts";

const SUMMARY_EVERY_MS = 5000;

/** Time as the player sees it, so that a test plays minutes in none. */
interface Clock {
  nowMs(): number;
  /** Rejects if the replay is stopped meanwhile, or has been. */
  sleep(ms: number): Promise<void>;
}

export interface Player {
  readonly clock: Clock;
  readonly send: (request: RecordedRequest) => Promise<Answer>;
  readonly print: (line: string) => void;
  /** 2 plays a recording of four minutes in two. */
  readonly speed: number;
}

export interface Tally {
  readonly sent: number;
  /** Answered with anything but 2xx, or not at all. */
  readonly failed: number;
}

/**
 * Plays a recording once, line by line and each at its time. The order of the recording is kept
 * whatever the relay does: a slow answer delays what follows.
 */
export async function play(lines: AsyncIterable<CaptureLine>, player: Player): Promise<Tally> {
  const { clock, print, speed } = player;
  const startMs = clock.nowMs();
  let summaryMs = startMs;
  let sent = 0;
  let failed = 0;
  let atMs = 0;
  const say = (text: string): void => print(`${(atMs / 1000).toFixed(1).padStart(7)} s  ${text}`);
  const summarise = (): void => say(`${sent} requests sent, ${failed} failed`);

  for await (const line of lines) {
    ({ atMs } = line);
    const dueMs = startMs + atMs / speed;
    await clock.sleep(Math.max(0, dueMs - clock.nowMs()));
    if (line.kind === "event") say(line.text);
    if (line.kind === "request") {
      const failure = await failureOf(player, line);
      sent++;
      if (failure !== undefined) {
        failed++;
        say(failure);
      }
    }
    if (clock.nowMs() - summaryMs >= SUMMARY_EVERY_MS) {
      summaryMs = clock.nowMs();
      summarise();
    }
  }
  summarise();
  return { sent, failed };
}

async function failureOf({ send }: Player, request: RecordedRequest): Promise<string | undefined> {
  const what = `${request.method} ${request.path}`;
  try {
    const { status, body } = await send(request);
    return status >= 200 && status < 300 ? undefined : `${what} was answered ${status}: ${body.trimEnd()}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${what} got no answer: ${error.message}`;
  }
}

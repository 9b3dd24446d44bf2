import { expect, test } from "vitest";
import type { CaptureLine } from "../../../src/node/replay/capture.ts";
import { play } from "../../../src/node/replay/play.ts";
import type { Answer } from "../../../src/node/replay/sender.ts";

interface Played {
  readonly printed: string[];
  /** When each request was sent, on the player's clock. */
  readonly sentMs: number[];
}

const accept = (): Answer => ({ status: 200, body: "" });
const refuse = (): Answer => ({ status: 400, body: "job name is required\n" });
const hangUp = (): Answer => {
  throw new Error("connect ECONNREFUSED");
};

/** Plays on a clock that only sleeping and answering advance. */
async function playLines(
  lines: readonly CaptureLine[],
  { speed = 1, answerMs = 0, answer = accept } = {},
): Promise<Played & { sent: number; failed: number }> {
  let nowMs = 1_000_000;
  const printed: string[] = [];
  const sentMs: number[] = [];
  const tally = await play(
    (async function* () {
      yield* lines;
    })(),
    {
      speed,
      print: (line) => printed.push(line),
      clock: {
        nowMs: () => nowMs,
        sleep: async (ms) => {
          nowMs += ms;
        },
      },
      send: async () => {
        sentMs.push(nowMs - 1_000_000);
        nowMs += answerMs;
        return answer();
      },
    },
  );
  return { ...tally, printed, sentMs };
}

function put(atMs: number): CaptureLine {
  return { kind: "request", atMs, method: "PUT", path: "/metrics/job/a", contentType: undefined, body: "" };
}

test("requests go out at their own times", async () => {
  const { sentMs, sent } = await playLines([put(0), put(400), put(60_000)]);
  expect(sentMs).toEqual([0, 400, 60_000]);
  expect(sent).toBe(3);
});

test("at twice the speed in half the time", async () => {
  expect((await playLines([put(100), put(60_000)], { speed: 2 })).sentMs).toEqual([50, 30_000]);
});

test("a slow answer delays what follows, and the replay catches up where there is time", async () => {
  expect((await playLines([put(0), put(10), put(500)], { answerMs: 100 })).sentMs).toEqual([0, 100, 500]);
});

test("each event is printed at its time, a summary every five seconds and at the end", async () => {
  const { printed } = await playLines([
    put(0),
    { kind: "event", atMs: 3000, text: "kill -9 tm2" },
    { kind: "truth", atMs: 3500 },
    put(5000),
    put(6000),
  ]);
  expect(printed).toEqual([
    "    3.0 s  kill -9 tm2",
    "    5.0 s  2 requests sent, 0 failed",
    "    6.0 s  3 requests sent, 0 failed",
  ]);
});

test("a refusal is printed with its reason, and the replay goes on", async () => {
  const { printed, failed } = await playLines([put(0), put(1)], { answer: refuse });
  expect(failed).toBe(2);
  expect(printed[0]).toBe("    0.0 s  PUT /metrics/job/a was answered 400: job name is required");
});

test("a relay that is away is printed, and the replay goes on", async () => {
  const { printed, sent, failed } = await playLines([put(0), put(1)], { answer: hangUp });
  expect([sent, failed]).toEqual([2, 2]);
  expect(printed[1]).toBe("    0.0 s  PUT /metrics/job/a got no answer: connect ECONNREFUSED");
});

import { describe, expect, test } from "vitest";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { createInMemoryRelay, type InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";

/** A body of that many series. */
function body(series: number, value = 1): string {
  return Array.from({ length: series }, (_, i) => `x{i="${i}"} ${value}\n`).join("");
}

function codes(relay: InMemoryRelay, ...pushes: [path: string, body: string][]): (string | undefined)[] {
  return pushes.map(([path, text]) => relay.push(path, text)?.code);
}

/** So many groups of a job, which lie on all shards. */
function groupsOf(job: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `/job/${job}/n/${i}`);
}

const shards = [1, 2, 3];

describe.each(shards)("with %d shards", (count) => {
  function relayWith(settings: object): InMemoryRelay {
    return createInMemoryRelay({ shards: count, settings });
  }

  test("a job has so many series, wherever its groups are, and costs no other job any", () => {
    const relay = relayWith({ maxSeriesPerJob: 100 });
    const [a, b, c, d] = groupsOf("greedy", 4) as [string, string, string, string];
    expect(codes(relay, [a, body(40)], [b, body(40)], [c, body(20)])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const before = relay.view("raw");
    expect(relay.push(d, body(1))).toEqual({
      code: "job_full",
      message:
        'job "greedy" has 100 series, with this push it would have more than 100: raise --limit.series-per-job or push fewer',
    });
    expect(relay.view("raw")).toBe(before);
    // What it has goes on, as do others.
    expect(codes(relay, [a, body(40, 2)], [b, body(30)], ["/job/other", body(100)])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(codes(relay, [d, body(10)], [d, body(11)])).toEqual([undefined, "job_full"]);
    relay.delete(a);
    expect(codes(relay, [d, body(50)], [a, body(1)])).toEqual([undefined, "job_full"]);
  });

  test("a fleet is one job, whatever suffixes its processes have", () => {
    const relay = relayWith({ maxSeriesPerJob: 2 });
    const paths = ["0", "1", "2"].map((digit) => `/job/flink${digit.repeat(32)}`);
    const pushes = paths.map((path, i): [string, string] => [
      path,
      flinkBody(processSample("Status_JVM_Threads_Count", `tm${i}`, 1)),
    ]);
    expect(codes(relay, ...pushes)).toEqual([undefined, undefined, "job_full"]);
  });

  test("all jobs together have so many series", () => {
    const relay = relayWith({ maxSeries: 100 });
    expect(codes(relay, ["/job/a", body(60)], ["/job/b", body(41)], ["/job/b", body(40)])).toEqual([
      undefined,
      "full",
      undefined,
    ]);
    expect(relay.push("/job/c", "y 1\n")?.message).toBe(
      "the relay holds 100 series, with this push it would be more than 100: raise --limit.series, or delete groups that nobody needs",
    );
    relay.wipe();
    expect(codes(relay, ["/job/c", body(100)])).toEqual([undefined]);
  });

  test("a POST adds, a PUT replaces", () => {
    const relay = relayWith({ maxSeriesPerJob: 10 });
    const post = (text: string): string | undefined => relay.push("/job/a", text, { method: "POST" })?.code;
    expect([post("y 1\n"), post(body(9)), post("z 1\n"), post(body(8))]).toEqual([
      undefined,
      undefined,
      "job_full",
      undefined,
    ]);
    expect(codes(relay, ["/job/a", body(10)])).toEqual([undefined]);
  });

  test("so many groups are there, kept ones and empty ones among them", () => {
    const relay = relayWith({ maxSources: 3 });
    expect(codes(relay, ["/job/a", "x 1\n"], ["/job/b", ""], ["/job/c", "x 1\n"])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(relay.push("/job/d", "x 1\n")).toEqual({
      code: "too_many_sources",
      message:
        "the relay holds 3 groups and processes: raise --limit.sources, or delete groups that nobody needs",
    });
    // A push that fails for what it says would leave a group that tells so.
    expect(
      codes(relay, ["/job/e", ""], ["/job/f", "x 1 1\n"], ["/job/a", "x 2\n"], ["/job/b", "x 2\n"]),
    ).toEqual(["too_many_sources", "inconsistent", undefined, undefined]);
    expect(relay.view("raw")).not.toMatch(/job="[def]"/);
    relay.delete("/job/a");
    expect(codes(relay, ["/job/d", "x 1\n"])).toEqual([undefined]);
  });
});

/** A push of a TaskManager, and the path of its group. */
function tm(i: number, records = 10): [path: string, body: string] {
  const path = `/job/flink${String(i).repeat(32)}`;
  return [path, flinkBody(taskSample("numRecordsIn", { tm: `tm${i}` }, records))];
}

test("processes that have departed make room for those that are there, the first that left before all", () => {
  const relay = createInMemoryRelay({ shards: 1, settings: { maxSources: 3 } });
  expect(codes(relay, tm(1), tm(2), tm(3))).toEqual([undefined, undefined, undefined]);
  relay.delete(tm(2)[0]);
  relay.advance(1_000);
  relay.delete(tm(1)[0]);
  expect(codes(relay, tm(4))).toEqual([undefined]);
  expect(relay.tally("sluice_evicted_sources_total", 'job="flink"')).toBe(1);
  // What leaves no trace needs no room.
  expect(codes(relay, ["/job/e", "no text"])).toEqual(["bad_exposition"]);
  expect(relay.tally("sluice_evicted_sources_total", 'job="flink"')).toBe(1);
  // Number 1 is still known, number 2 is not; then all that is left are alive.
  expect(codes(relay, tm(1, 11), tm(5))).toEqual([undefined, "too_many_sources"]);
});

test("what is held is known again after a restart, by any number of shards", () => {
  const settings = { maxSeriesPerJob: 100, maxSources: 3 };
  const relay = createInMemoryRelay({ shards: 2, settings, store: createKeptStore() });
  const [a, b, c] = groupsOf("j", 3) as [string, string, string];
  expect(codes(relay, [a, body(40)], [b, body(40)])).toEqual([undefined, undefined]);
  for (const count of [3, 1]) {
    relay.restart(count);
    expect(codes(relay, [c, body(21)], [c, body(20)])).toEqual(["job_full", undefined]);
    relay.delete(c);
  }
});

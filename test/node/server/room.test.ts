import { expect, test } from "vitest";
import { sampleOf, startRelay } from "./running-relay.ts";

test("a job has so many series over all threads, and what is refused is counted", async () => {
  await using relay = await startRelay({ threads: 3, maxSeriesPerJob: 10, maxSources: 30 });
  const push = async (job: string, i: number): Promise<number> =>
    (await relay.push(`/metrics/job/${job}/n/${i}`, "x 1\n")).status;
  const greedy: number[] = [];
  for (let i = 0; i < 20; i += 1) greedy.push(await push("greedy", i));
  expect(greedy).toEqual(Array.from({ length: 20 }, (_, i) => (i < 10 ? 200 : 413)));
  expect(await push("modest", 0)).toBe(200);
  // One at a time: what is under way in other threads at that moment is not known yet.
  const groups: number[] = [];
  for (let i = 0; i < 30; i += 1) groups.push(await push(`j${i}`, 0));
  expect(groups).toEqual(Array.from({ length: 30 }, (_, i) => (i < 19 ? 200 : 503)));
  const view = await relay.view("raw");
  expect(sampleOf(view, 'sluice_refused_pushes_total{job="greedy",reason="job_full"}')).toBe(10);
  expect(sampleOf(view, 'sluice_refused_pushes_total{job="j29",reason="too_many_sources"}')).toBe(1);
  expect(sampleOf(view, 'sluice_series{job="greedy"}')).toBe(10);
});

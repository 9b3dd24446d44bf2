import { env, evictAllDurableObjects } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { series } from "../../support/view-text.ts";
import { push, scrape, send, wipe } from "./send.ts";

const OWN = "?match[]={__name__=~%22sluice_.%2B%22}";

beforeEach(async () => {
  await evictAllDurableObjects();
  await wipe();
});

async function own(): Promise<ReadonlyMap<string, number>> {
  return series(await scrape(OWN));
}

function sumOf(view: ReadonlyMap<string, number>, family: string): number {
  let sum = 0;
  for (const [name, value] of view) if (name.startsWith(`${family}{partition=`)) sum += value;
  return sum;
}

test("each partition tells what it holds and has taken, and what it refused is counted by reason", async () => {
  for (const job of ["a", "b", "c", "d", "e", "f"]) await push(`/metrics/job/${job}`, "x 1\ny 1\n");
  await push("/metrics/job/a", "x 2\ny 2\n");
  await push("/metrics/job/a", "no number\n");
  const view = await own();
  expect([...view.keys()].filter((name) => name.startsWith("sluice_partition_groups{"))).toHaveLength(4);
  expect({
    groups: sumOf(view, "sluice_partition_groups"),
    series: sumOf(view, "sluice_partition_series"),
    pushes: sumOf(view, "sluice_partition_pushes_total"),
    bytes: sumOf(view, "sluice_partition_push_bytes_total"),
    refused: view.get('sluice_refused_pushes_total{job="a",reason="bad_exposition"}'),
  }).toEqual({ groups: 6, series: 12, pushes: 7, bytes: 7 * 8, refused: 1 });
  expect(sumOf(view, "sluice_partition_memory_bytes")).toBeGreaterThan(12 * 100);
});

test("scrapes are counted by view with their durations and sizes, and those that failed", async () => {
  await push("/metrics/job/a", "x 1\n");
  await scrape();
  await scrape("?view=raw");
  const broken = {
    getByName: (name: string) =>
      name === "partition 1"
        ? { view: () => Promise.reject(new Error("it is out")) }
        : env.PARTITIONS.getByName(name),
  };
  const { status, text } = await send(
    { method: "GET", path: "/metrics" },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands in for what a Worker is bound to
    { PARTITIONS: broken as unknown as string },
  );
  expect([status, text]).toEqual([503, "partition 1 does not answer (it is out)\n"]);
  // They are told behind the back of the answer.
  await expect
    .poll(
      async () => {
        const view = await own();
        return [
          view.get('sluice_scrape_failures_total{view="merged"}'),
          view.get('sluice_scrape_failures_total{view="raw"}'),
          view.get('sluice_scrape_duration_seconds_count{view="raw"}'),
          view.get('sluice_scrape_size_bytes_bucket{view="raw",le="65536"}'),
        ];
      },
      { timeout: 20_000 },
    )
    .toEqual([1, 0, 1, 1]);
  const view = await own();
  expect(view.get('sluice_scrape_duration_seconds_count{view="merged"}')).toBeGreaterThan(1);
  expect(view.get('sluice_scrape_size_bytes_sum{view="raw"}')).toBeGreaterThan(100);
});

import { expect, test } from "vitest";
import { startRelay } from "./running-relay.ts";

test("a part of a view holds what is asked for of pushes and of the relay itself", async () => {
  await using relay = await startRelay({ threads: 2 });
  for (const job of ["a", "b", "c"]) await relay.push(`/metrics/job/${job}`, `m 1\nn 2\n`);
  const scrape = async (query: string): Promise<string[]> => {
    const { status, text } = await relay.request("GET", `/metrics?${query}`);
    expect(status).toBe(200);
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("# HELP"));
  };
  expect(await scrape('name[]=m&match[]={job=~"a|c"}&match[]=sluice_inflight_body_bytes')).toEqual([
    "# TYPE m untyped",
    'm{instance="",job="a"} 1',
    'm{instance="",job="c"} 1',
  ]);
  expect(await scrape("match[]=sluice_inflight_body_bytes")).toEqual([
    "# TYPE sluice_inflight_body_bytes gauge",
    expect.stringMatching(/^sluice_inflight_body_bytes \d+$/),
  ]);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FlinkCluster, startFlinkCluster } from "./flink-cluster.ts";
import { type StandingRelay, startStandingRelay } from "./standing-relay.ts";
import { type Totals, difference, flinkTotals, isSame, shownTotals } from "./totals.ts";
import { waitUntil } from "./wait.ts";
import { wordCountBuild } from "./wordcount-build.ts";

const VERSIONS = process.env["FLINK_VERSIONS"] === "all" ? ["1.20.3", "2.3.0"] : ["1.20.3"];
const STALE_AFTER = "10s";

describe.each(VERSIONS)("Flink %s", (version) => {
  let relay: StandingRelay;
  let flink: FlinkCluster;

  beforeAll(async () => {
    const build = await wordCountBuild(version);
    relay = await startStandingRelay(`--staleness=${STALE_AFTER}`);
    flink = await startFlinkCluster(build, relay.port);
    await Promise.all(["tm1", "tm2", "tm3"].map((name) => flink.startTaskManager(name)));
  });

  afterAll(async () => {
    await flink[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  });

  let jobId: string;
  let told: () => Promise<Totals>;

  test("every process pushes to a group of its own", async () => {
    await waitUntil("four groups are there", async () => {
      const groups = await relay.groups();
      return groups.length === 4 ? undefined : JSON.stringify(groups);
    });
    for (const { job, cluster } of await relay.groups()) {
      expect(job).toMatch(/^flink[0-9a-f]{32}$/);
      expect(cluster).toBe("test");
    }
  });

  test("what the tasks of a job have counted is shown when nothing flows", async () => {
    jobId = await flink.submit("--parallelism", "3");
    told = flinkTotals(flink.api, jobId);
    await waitUntil("something was counted", async () =>
      [...(await told()).values()].some((value) => value > 5_000) ? undefined : "nothing yet",
    );
    flink.turn("pause", "on");
    await waitUntil("both say the same", async () => {
      const [a, b] = [await told(), shownTotals(await relay.view("merged"), jobId)];
      return isSame(a, b) ? undefined : JSON.stringify([...difference(a, b)]);
    });
  });
});

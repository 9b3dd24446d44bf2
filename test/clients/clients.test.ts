import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startRelay } from "../node/server/running-relay.ts";
import type { RunningRelay } from "../node/server/running-relay.ts";
import { clients } from "./clients.ts";
import type { Client } from "./clients.ts";
import { ALL, GAUGE, STAMPS, canonicalLines } from "./expected.ts";
import { keys } from "./keys.ts";
import type { KeyName } from "./keys.ts";
import { startClient } from "./running-client.ts";
import type { RunningClient, Step } from "./running-client.ts";
import { missingProgram } from "./toolchains.ts";
import type { Command, Toolchain } from "./toolchains.ts";

const cases = clients.map((client) => ({ client, missing: missingProgram(client.toolchain) }));
/** Each program is built once for all its variants. */
const built = new Map<Toolchain, Promise<Command>>();
/** `[rule, lower bound, upper bound, count]` of 0.125, 0.5 and 8 in buckets that grow by the factor 2. */
const NATIVE_BUCKETS = [
  [0, "0.0625", "0.125", "1"],
  [0, "0.25", "0.5", "1"],
  [0, "4", "8", "1"],
];
const keyNames = Object.keys(keys) as KeyName[];

for (const { client, missing } of cases) {
  if (missing === undefined) describe(client.name, () => suiteOf(client));
  else test.skip(`${client.name}: skipped, there is no ${missing} on this machine`, () => {});
}

function suiteOf(client: Client): void {
  let relay: RunningRelay;
  let program: RunningClient;
  const all = textOf({ ...ALL, ...client.families });

  beforeAll(async () => {
    const { toolchain } = client;
    const building = built.get(toolchain) ?? toolchain.build();
    built.set(toolchain, building);
    const command = await building;
    relay = await startRelay({ adminApi: true });
    program = startClient(command, `http://127.0.0.1:${relay.port}`, client.variant);
  });
  beforeEach(async () => {
    await relay.request("PUT", "/api/v1/admin/wipe");
  });
  afterAll(async () => {
    await program[Symbol.asyncDispose]();
    await relay.stop();
  });

  async function take(verb: Step["verb"], what: Step["what"], name: KeyName): Promise<string> {
    return await program.take({ verb, what, ...keys[name] });
  }

  /** Each view holds this one group and nothing else. */
  async function expectGroup(text: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const expected = canonicalLines(text + STAMPS, { instance: "", ...labels });
    for (const view of ["merged", "raw"] as const) {
      expect(canonicalLines(pushedPart(await relay.view(view)))).toEqual(expected);
    }
    expect(await groupLabels(relay)).toEqual([labels]);
  }

  test("pushes, pushes again, adds and deletes", async () => {
    const labels = { job: "nightly", instance: "host-1:9100" };
    expect(await take("push", "all", "an instance")).toBe("ok");
    await expectGroup(all, labels);
    expect(await take("push", "gauge", "an instance")).toBe("ok");
    await expectGroup(textOf(GAUGE), labels);
    expect(await take("push", "all", "an instance")).toBe("ok");
    expect(await take("add", "gauge", "an instance")).toBe("ok");
    await expectGroup(textOf({ ...ALL, ...client.families, ...GAUGE }), labels);
    if (client.cannotDelete === true) return;
    expect(await take("delete", "gauge", "an instance")).toBe("ok");
    expect(await groupLabels(relay)).toEqual([]);
  });

  test.each(keyNames)("reaches the group of a key with %s", async (name) => {
    const { job, grouping } = keys[name];
    const outcome = client.keys?.[name];
    const said = await take("add", "gauge", name);
    if (outcome !== undefined && "fails" in outcome) {
      expect(said).toMatch(outcome.fails);
      expect(await groupLabels(relay)).toEqual([]);
      return;
    }
    expect(said).toBe("ok");
    await expectGroup(textOf(GAUGE), outcome?.labels ?? { job, ...grouping });
    if (client.cannotDelete === true) return;
    expect(await take("delete", "gauge", name)).toBe("ok");
    expect(await groupLabels(relay)).toEqual([]);
  });

  const hasNative = client.variant === undefined && textOf({ ...ALL, ...client.families }).includes("native");
  if (hasNative) {
    test("keeps the buckets of a native histogram", async () => {
      await take("push", "all", "a job alone");
      const { text } = await relay.request("GET", "/api/v1/metrics");
      const { data } = JSON.parse(text) as { data: unknown[] };
      expect(data).toMatchObject([{ client_native_seconds: { metrics: [{ buckets: NATIVE_BUCKETS }] } }]);
    });
  }

  test("says why it was refused", async () => {
    await relay.push("/metrics/job/other", "# TYPE client_temperature counter\nclient_temperature 1\n");
    const said = await take("push", "gauge", "a job alone");
    expect(said).toMatch(/^failed /);
    expect(said).toMatch(
      client.refusal ?? /pushed metrics are invalid or inconsistent with existing metrics/,
    );
  });
}

function textOf(families: Readonly<Record<string, string | undefined>>): string {
  return Object.values(families).join("");
}

/** A scrape without what the relay says about itself. */
function pushedPart(view: string): string {
  return view
    .split("\n")
    .filter((line) => /^(# \w+ )?(client|push)_/.test(line))
    .join("\n");
}

async function groupLabels(relay: RunningRelay): Promise<unknown[]> {
  const { text } = await relay.request("GET", "/api/v1/metrics");
  return (JSON.parse(text) as { data: { labels: unknown }[] }).data.map(({ labels }) => labels);
}

import { abortAllDurableObjects, env, runInDurableObject } from "cloudflare:test";
import { Buffer } from "node:buffer";
import { beforeEach, describe, expect, test } from "vitest";
import { partitionOf } from "../../../src/core/partition-of.ts";
import { partitionStub } from "../../../src/edge/env.ts";
import type { ObjectStorage } from "../../../src/edge/object-state.ts";
import { serveRequest } from "../../../src/edge/serve.ts";
import { keyOf } from "./keys.ts";
import { push, scrape, send, wipe } from "./send.ts";

const PATH = "/metrics/job/flink00000000000000000000000000000001";

/** A counter of a task, and enough beside it that the body comes in pieces. */
function body(count: number): string {
  return [
    "# TYPE flink_taskmanager_job_task_numRecordsIn gauge",
    `flink_taskmanager_job_task_numRecordsIn{host="h",job_id="j",job_name="n",task_name="map",task_attempt_id="a",subtask_index="0",tm_id="tm",} ${count}`,
    ...Array.from(
      { length: 500 },
      (_, i) => `flink_taskmanager_job_task_own_${i}{host="h",tm_id="tm",} ${i}`,
    ),
    "",
  ].join("\n");
}

async function records(): Promise<number> {
  const line = /^flink_taskmanager_job_task_numRecordsIn\{.*\} (\S+)$/m.exec(await scrape());
  return Number(line?.[1]);
}

beforeEach(wipe);

test("a store that takes nothing refuses pushes with its reason, shows what it has, and goes on when it takes them", async () => {
  await push(PATH, body(0));
  await push(PATH, body(10));
  const stub = partitionStub(env, partitionOf(keyOf(PATH).canonical, 4));
  /** The object's own storage, whose transactions fail or do not. */
  const setFull = (isFull: boolean): Promise<void> =>
    runInDurableObject(stub, (_object, { storage }: { readonly storage: ObjectStorage }) => {
      if (isFull) Object.assign(storage, { transactionSync: fail });
      else Reflect.deleteProperty(storage, "transactionSync");
    });
  await setFull(true);
  for (const count of [20, 30]) {
    expect(await push(PATH, body(count))).toMatchObject({
      status: 503,
      text: expect.stringContaining("database or disk is full"),
    });
  }
  expect(await records()).toBe(10);
  await setFull(false);
  expect(await push(PATH, body(30))).toMatchObject({ status: 200 });
  expect(await records()).toBe(30);
});

function fail(): never {
  throw new Error("database or disk is full: SQLITE_FULL");
}

/** Lets the other side take so many steps. */
async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** A push whose body stops half way until `finish` is called. */
function slowPush(text: string): { readonly answer: Promise<Response>; finish(this: void): Promise<void> } {
  const bytes = Buffer.from(text);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const started = writer.write(bytes.subarray(0, 1_000));
  const request = new Request(`http://site${PATH}`, {
    method: "PUT",
    headers: { "Content-Length": String(bytes.length) },
    body: readable,
  });
  return {
    answer: serveRequest(request, env),
    async finish() {
      try {
        await started;
        await writer.write(bytes.subarray(1_000));
        await writer.close();
      } catch {
        // Nobody reads it any more.
      }
    },
  };
}

describe("a push whose object ends before it is answered", () => {
  test("gets 503 while its body is on its way, and its retry counts once", async () => {
    await push(PATH, body(0));
    await push(PATH, body(10));
    const { answer, finish } = slowPush(body(25));
    await steps(4);
    await abortAllDurableObjects();
    const [response] = await Promise.all([answer, finish()]);
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringMatching(/^nothing was stored \(.+\): the next push will bring the same totals\n$/),
    ]);
    expect(await records()).toBe(10);
    expect(await push(PATH, body(25))).toMatchObject({ status: 200 });
    expect(await records()).toBe(25);
  });

  test("is answered 200 and stored, or 503 and its retry counts once, whenever it happens", async () => {
    await push(PATH, body(0));
    for (let round = 1; round <= 24; round += 1) {
      const { answer, finish } = slowPush(body(10 * round));
      await steps(round % 3);
      const ended =
        round % 2 === 0 ? abortAllDurableObjects() : steps(round % 8).then(abortAllDurableObjects);
      const [{ status }] = await Promise.all([answer, finish(), ended]);
      expect([200, 503]).toContain(status);
      if (status === 200) expect(await records()).toBe(10 * round);
      else expect(await push(PATH, body(10 * round))).toMatchObject({ status: 200 });
      expect(await records()).toBe(10 * round);
    }
  });

  test("is refused while the registry ends over its verdict, or taken, and another type is still refused", async () => {
    await push("/metrics/job/a", "# TYPE x counter\nx 1\n");
    for (let round = 0; round < 8; round += 1) {
      const pushed = push(
        `/metrics/job/b/round/${round}`,
        `# TYPE x gauge\nx 1\n# TYPE y${round} gauge\ny${round} 1\n`,
      );
      await steps(round);
      await abortAllDurableObjects();
      const { status } = await pushed;
      expect([400, 503]).toContain(status);
    }
    expect((await scrape()).match(/^[xy]\d*\{.*$/gm)).toEqual(['x{instance="",job="a"} 1']);
  });
});

describe("a scrape whose object ends before it is answered", () => {
  test("gets 503 that names the partition, and the next one shows what was there", async () => {
    await push(PATH, body(0));
    await push(PATH, body(10));
    const { PARTITIONS: partitions } = env;
    const ending = {
      getByName(name: string) {
        const stub = partitions.getByName(name);
        if (name !== "partition 2") return stub;
        return {
          async view(...asked: Parameters<typeof stub.view>) {
            const answered = stub.view(...asked);
            await abortAllDurableObjects();
            return await answered;
          },
        };
      },
    };
    const { status, text } = await send(
      { method: "GET", path: "/metrics" },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands in for what a Worker is bound to
      { PARTITIONS: ending as unknown as string },
    );
    expect([status, text]).toEqual([503, expect.stringMatching(/^partition \d does not answer \(.+\)\n$/)]);
    expect(await records()).toBe(10);
  });

  test("breaks off where its answer has begun: half a view is no view", async () => {
    for (const id of ["1", "2", "3", "4", "5", "6", "7", "8"]) {
      const lines = Array.from(
        { length: 20_000 },
        (_, i) =>
          `flink_taskmanager_job_task_own_${i % 200}{host="h",task="${Math.floor(i / 200)}",tm_id="tm${id}",} 1`,
      ).toSorted();
      await push(`/metrics/job/flink0000000000000000000000000000000${id}`, `${body(1)}${lines.join("\n")}\n`);
    }
    const response = await serveRequest(new Request("http://site/metrics?view=raw"), env);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await abortAllDurableObjects();
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow();
  });
});

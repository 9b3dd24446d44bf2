import { abortAllDurableObjects, env, evictAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { partitionStub } from "../../../../src/edge/env.ts";
import { serveRequest } from "../../../../src/edge/serve.ts";
import { push, scrape, send, wipe } from "../send.ts";

/** Of this site, as its variables say. */
const HELD_BYTES = 2 ** 20;
const BODY_BYTES = 50 * 1024;

beforeEach(wipe);

/** A group of 100 series with values that are theirs alone. */
function bodyOf(group: number): string {
  return Array.from({ length: 100 }, (_, i) => `m{of="${group} ${i} ${"x".repeat(100)}"} 1\n`).join("");
}

function pathOf(group: number): string {
  return `/metrics/job/j/group/${group}`;
}

/** Pushes groups until one is refused. Answers which. */
async function fill(from = 0): Promise<number> {
  for (let group = from; group < 1_000; group += 1) {
    const { status } = await push(pathOf(group), bodyOf(group));
    if (status !== 200) return group;
  }
  throw new Error("nothing was refused");
}

async function memory(): Promise<number> {
  const view = await scrape("?match[]=sluice_partition_memory_bytes");
  const rows = [...view.matchAll(/^sluice_partition_memory_bytes\{partition="\d"\} (\S+)$/gm)];
  expect(rows).toHaveLength(4);
  return rows.reduce((sum, [, value]) => sum + Number(value), 0);
}

describe("what the objects of an isolate hold together is bounded", () => {
  test("new series are refused in every partition, known ones are not, and what is deleted makes room", async () => {
    const taken = await fill();
    expect(taken).toBeGreaterThan(8);
    expect(await memory()).toBeLessThan(HELD_BYTES);
    for (let group = taken; group < taken + 10; group += 1) {
      const { status, text } = await push(pathOf(group), bodyOf(group));
      expect([status, text]).toEqual([
        503,
        "what is held takes about 1MiB of an isolate's memory, the most by SLUICE_LIMIT_HELD_BYTES: push fewer series, delete groups that nobody needs, or let a part of the fleet push to a second site\n",
      ]);
    }
    expect((await push(pathOf(0), bodyOf(0).replaceAll(" 1\n", " 2\n"))).status).toBe(200);
    expect(await scrape("?match[]=m")).toContain(
      `{group="0",instance="",job="j",of="0 0 ${"x".repeat(100)}"} 2\n`,
    );
    for (const group of [0, 1, 2]) await send({ method: "DELETE", path: pathOf(group) });
    expect((await push(pathOf(taken), bodyOf(taken))).status).toBe(200);
  });

  test.each([
    ["evicted", evictAllDurableObjects],
    ["aborted", abortAllDurableObjects],
  ])("objects that are %s are counted once", async (_how, end) => {
    const taken = await fill();
    const before = await memory();
    await end();
    const after = await memory();
    // What the next bodies are recognised by is made of them when they come.
    expect(after).toBeLessThanOrEqual(before);
    expect(after).toBeGreaterThan(0.8 * before);
    expect(await fill(taken)).toBeLessThan(taken + 6);
  });
});

describe("bodies that an isolate has at once are bounded", () => {
  /** A push whose body does not end before `finish` is called. */
  function slowPush(): { readonly answer: Promise<Response>; finish(this: void): Promise<void> } {
    const line = Buffer.from("slow 1\n");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const rest = Buffer.from(`${" ".repeat(BODY_BYTES - line.length - 1)}\n`);
    const started = writer.write(line);
    const request = new Request("http://site/metrics/job/slow", {
      method: "PUT",
      headers: { "Content-Length": String(BODY_BYTES) },
      body: readable,
    });
    const answer = serveRequest(request, env);
    return {
      answer,
      async finish() {
        await started;
        await writer.write(rest);
        await writer.close();
      },
    };
  }

  test("one that finds no room gets 503, and is taken when there is some", async () => {
    const slow = [slowPush(), slowPush()];
    const text = `# ${"x".repeat(BODY_BYTES - 100)}\nfast 1\n`;
    await expect
      .poll(async () => await push("/metrics/job/fast", text), { timeout: 20_000 })
      .toMatchObject({
        status: 503,
        text: "too many bodies in flight (SLUICE_LIMIT_INFLIGHT_BYTES): the next push will bring the same totals\n",
      });
    for (const { answer, finish } of slow) {
      await finish();
      expect((await answer).status).toBe(200);
    }
    expect(await push("/metrics/job/fast", text)).toMatchObject({ status: 200 });
  });

  test("a source whose push found no room lives on", async () => {
    const path = "/metrics/job/flink00000000000000000000000000000001";
    const text = 'flink_taskmanager_Status_JVM_CPU_Load{host="h",tm_id="tm",} 0.5\n';
    const padded = `# ${"x".repeat(BODY_BYTES - 200)}\n${text}`;
    const startMs = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: startMs });
    // Every ten seconds: a minute of silence is its end.
    for (let i = 0; i < 5; i += 1) {
      vi.setSystemTime(startMs + i * 10_000);
      expect(await push(path, text.replace("0.5", `0.${i}`))).toMatchObject({ status: 200 });
    }
    const slow = [slowPush(), slowPush()];
    try {
      vi.setSystemTime(startMs + 90_000);
      await expect.poll(async () => (await push(path, padded)).status, { timeout: 20_000 }).toBe(503);
      vi.setSystemTime(startMs + 130_000);
      for (const partition of [0, 1, 2, 3]) await runDurableObjectAlarm(partitionStub(env, partition));
      expect(await scrape()).toContain('tm_id="tm"');
      vi.setSystemTime(startMs + 300_000);
      for (const partition of [0, 1, 2, 3]) await runDurableObjectAlarm(partitionStub(env, partition));
      expect(await scrape()).not.toContain('tm_id="tm"');
    } finally {
      vi.useRealTimers();
      for (const { answer, finish } of slow) await Promise.all([answer, finish()]);
      await abortAllDurableObjects();
    }
  });

  test("what an object was receiving when it was ended takes no room", async () => {
    const ended: Promise<unknown>[] = [];
    for (let i = 0; i < 6; i += 1) {
      const { answer } = slowPush();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await abortAllDurableObjects();
      ended.push(answer);
    }
    await Promise.all(ended);
    const text = `# ${"x".repeat(BODY_BYTES - 100)}\nafter 1\n`;
    for (const job of ["a", "b", "c", "d", "e", "f"]) {
      expect(await push(`/metrics/job/${job}`, text)).toMatchObject({ status: 200 });
    }
  });

  test.each([
    ["plain", {}, "#".repeat(BODY_BYTES + 1)],
    ["of a length that nobody has said", {}, `${"#".repeat(BODY_BYTES)}\n`],
    ["small and grows", { "Content-Encoding": "gzip" }, gzipSync("#".repeat(2 ** 22)).toString("base64")],
  ])("a body that is too large, %s, gets 413 and leaves no room taken", async (how, headers, text) => {
    const body = how.startsWith("small") ? { body_b64: text } : { body: text };
    for (let i = 0; i < 4; i += 1) {
      const { status, text: told } = await send({
        method: "PUT",
        path: "/metrics/job/large",
        headers,
        ...body,
        chunked: how !== "plain",
      });
      expect([status, told]).toEqual([
        413,
        "the body is larger than 51200 bytes: raise SLUICE_LIMIT_BODY_BYTES or push less in one group\n",
      ]);
    }
    expect((await push("/metrics/job/after", `# ${"x".repeat(BODY_BYTES - 100)}\nafter 1\n`)).status).toBe(
      200,
    );
  });
});

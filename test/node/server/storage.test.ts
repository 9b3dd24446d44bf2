import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../../src/node/cli/run.ts";
import { openSqlite } from "../../../src/node/storage/sqlite.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import type { TemporaryFolder } from "../storage/temporary-folder.ts";
import { temporaryFolder } from "../storage/temporary-folder.ts";
import { startChildRelay } from "./child-relay.ts";
import { sampleOf, send, startRelay } from "./running-relay.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const COUNTER = `flink_taskmanager_job_task_numRecordsIn`;

function body(tm: string, records: number): string {
  return flinkBody(
    taskSample("numRecordsIn", { tm }, records),
    processSample("Status_JVM_Threads_Count", tm, 5),
  );
}

function counterOf(view: string): number | undefined {
  const line = view.split("\n").find((each) => each.startsWith(`${COUNTER}{`));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
}

/** What the relay says about itself, and what time has written. */
function withoutOwn(view: string): string[] {
  return view
    .split("\n")
    .filter((line) => !/^(# (HELP|TYPE) )?(sluice|process|nodejs|pushgateway)_/.test(line));
}

describe("a relay that is started again", () => {
  test.each([[1], [2], [3]])("with %i threads shows what it showed, and counts on", async (threads) => {
    const config = { storageFolder: folder.path, threads: 2 };
    let views: [string, string];
    {
      await using relay = await startRelay(config);
      for (const [tm, records] of [
        ["tm1", 100],
        ["tm2", 7],
        ["tm1", 130],
        ["tm2", 9],
      ] as const) {
        expect((await relay.push(`/metrics/job/flink/tm/${tm}`, body(tm, records))).status).toBe(200);
      }
      await relay.push(
        "/metrics/job/kept",
        '# HELP x A text.\n# TYPE x summary\nx{quantile="0.5"} 3\nx_count 2\n',
      );
      await relay.push("/metrics/job/gone", "y 1\n");
      await relay.request("DELETE", "/metrics/job/gone");
      views = [await relay.view("merged"), await relay.view("raw")];
    }
    await using relay = await startRelay({ ...config, threads });
    expect(withoutOwn(await relay.view("merged"))).toEqual(withoutOwn(views[0]));
    expect(withoutOwn(await relay.view("raw")).toSorted()).toEqual(withoutOwn(views[1]).toSorted());
    expect(counterOf(views[0])).toBe(30);
    await relay.push("/metrics/job/flink/tm/tm1", body("tm1", 140));
    expect(counterOf(await relay.view("merged"))).toBe(40);
    // Types are agreed to as before.
    expect((await relay.push("/metrics/job/other", "# TYPE x gauge\nx 1\n")).status).toBe(400);
  });
});

describe("metrics of storage", () => {
  test("tell how commits go, and what is on the disk", async () => {
    await using relay = await startRelay({ storageFolder: folder.path, threads: 2 });
    for (let i = 0; i < 8; i++) await relay.push(`/metrics/job/j${i}`, "x 1\n");
    const view = await relay.view("merged");
    const valueOf = (name: string): number => sampleOf(view, `sluice_storage_${name}`) ?? Number.NaN;
    // Each push was answered behind its commit, and the next was sent behind that.
    expect(valueOf("commit_duration_seconds_count")).toBeGreaterThanOrEqual(8);
    expect(valueOf("commit_failures_total")).toBe(0);
    expect(valueOf("last_commit_timestamp_seconds")).toBeGreaterThan(1.7e9);
    expect(valueOf("wal_bytes")).toBeGreaterThan(4096);
    expect(valueOf("database_bytes")).toBeGreaterThan(0);
    expect(valueOf("free_bytes")).toBeGreaterThan(0);
  });

  test("are not there where nothing is stored", async () => {
    await using relay = await startRelay({ threads: 1 });
    expect(await relay.view("merged")).not.toContain("sluice_storage_");
  });
});

describe("a folder", () => {
  test("is one process's: the second ends with 2 and names the first", async () => {
    await using first = await startChildRelay(`--storage.path=${folder.path}`);
    await expect(startRelay({ storageFolder: folder.path })).rejects.toThrow(
      new RegExp(
        `^the folder of .*lock\\.db is in use by process \\d+ on ${hostname()}, since 20.*: one process`,
      ),
    );
    const second = startChildRelay(`--storage.path=${folder.path}`);
    await expect(second).rejects.toThrow(/is in use by process/);
    first.signal("SIGKILL");
    await first.exited;
    await using third = await startRelay({ storageFolder: folder.path });
    expect((await third.push("/metrics/job/a", "x 1\n")).status).toBe(200);
  });

  test("is named after a Pushgateway's file, and made", async () => {
    const file = join(folder.path, "a", "pushgateway.data");
    await using relay = await startChildRelay(`--persistence.file=${file}`);
    relay.terminate();
    expect(await relay.exited).toEqual({ code: 0, signal: null });
    expect(existsSync(`${file}.d/sluice.db`)).toBe(true);
    // In good order all is in one file.
    expect(readdirSync(`${file}.d`).toSorted()).toEqual(["lock.db", "sluice.db"]);
  });

  /** None of them can be written by root either. */
  test.each([
    ["file/data", /ENOTDIR/],
    ["file/data/deeper", /ENOTDIR/],
    ["file", /EEXIST/],
    ["/proc/sluice", /ENOENT/],
  ])("that cannot be made ends it, with both flags that can help: %s", async (path, reason) => {
    writeFileSync(join(folder.path, "file"), "");
    const started = startRelay({ storageFolder: resolve(folder.path, path) });
    await expect(started).rejects.toThrow(
      /^the folder \/.* cannot be made \(E.*\): give another with --storage\.path or --persistence\.file/,
    );
    await expect(started).rejects.toThrow(reason);
  });

  test.each(["sluice.db", "lock.db"])("in which %s cannot be opened ends it", async (name) => {
    mkdirSync(join(folder.path, name));
    await expect(startRelay({ storageFolder: folder.path })).rejects.toThrow(
      /^the folder \/.* cannot be used \(unable to open database file\): see who may write there, or give another/,
    );
  });

  test.skipIf(process.getuid?.() === 0)("that is another user's ends it", async () => {
    chmodSync(folder.path, 0o500);
    await expect(startRelay({ storageFolder: folder.path })).rejects.toThrow(/^the folder .* cannot be used/);
    await expect(startRelay({ storageFolder: join(folder.path, "data") })).rejects.toThrow(
      /^the folder .* cannot be made \(EACCES/,
    );
    chmodSync(folder.path, 0o700);
  });
});

function database(): string {
  return join(folder.path, "sluice.db");
}

async function fill(): Promise<void> {
  await using relay = await startRelay({ storageFolder: folder.path });
  for (let i = 0; i < 50; i++) await relay.push(`/metrics/job/j${i}`, `x{l="${"y".repeat(500)}"} ${i}\n`);
}

async function start(): Promise<void> {
  await (await startRelay({ storageFolder: folder.path, threads: 2 })).stop();
}

describe("a database", () => {
  test("that is none is never taken for an empty one", async () => {
    writeFileSync(database(), "something else, of some length\n".repeat(100));
    await expect(start()).rejects.toThrow(
      /sluice\.db is damaged or no store of Sluice \(file is not a database\): "sluice repair <folder>" saves/,
    );
    expect(readFileSync(database(), "utf8")).toMatch(/^something else/);
  });

  test("of another program is left alone", async () => {
    const other = openSqlite(database());
    other.exec("CREATE TABLE t (a)");
    other.close();
    await expect(start()).rejects.toThrow(
      /sluice\.db is damaged or no store of Sluice \(it has other tables\)/,
    );
  });

  test.each([
    [
      "schema",
      2,
      /was written by a newer version of Sluice \(schema 2, this one reads 1\): start that version/,
    ],
    ["partitions", 16, /sluice\.db has 16 partitions, and this version of Sluice has 64/],
  ])("whose %s is %i is refused", async (key, value, message) => {
    await fill();
    const opened = openSqlite(database());
    opened.run("UPDATE meta SET value = ? WHERE key = ?", value, key);
    opened.close();
    await expect(start()).rejects.toThrow(message);
  });

  test.each([
    ["UPDATE images SET bytes = zeroblob(length(bytes))", /a checksum does not match/],
    ["UPDATE log SET crc = crc + 1", /a checksum does not match/],
    ["DELETE FROM images", /has a log and no image/],
    ["DELETE FROM log WHERE id = (SELECT min(id) FROM log)", /rows are missing in the log/],
  ])("after %s is refused, and the folder is free again", async (sql, message) => {
    await using relay = await startChildRelay(`--storage.path=${folder.path}`);
    const { port } = relay;
    for (let i = 0; i < 3; i++) await send(port, "PUT", "/metrics/job/a", { body: `x ${i}\n` });
    relay.signal("SIGKILL");
    await relay.exited;
    const opened = openSqlite(database());
    opened.exec(sql);
    opened.close();
    await expect(start()).rejects.toThrow(message);
    rmSync(folder.path, { recursive: true });
    mkdirSync(folder.path);
    await start();
  });
});

describe("a thread that dies", () => {
  test("loses nothing that was committed", async () => {
    const workers: Worker[] = [];
    const onWorker = (worker: Worker): void => void workers.push(worker);
    process.on("worker", onWorker);
    await using relay = await startRelay({ storageFolder: folder.path, threads: 2 });
    process.off("worker", onWorker);
    for (let i = 0; i < 20; i++) await relay.push(`/metrics/job/j${i}`, `# TYPE x gauge\nx ${i}\n`);
    const before = withoutOwn(await relay.view("raw"));
    await Promise.all(workers.map((worker) => Promise.all([once(worker, "exit"), worker.terminate()])));
    const isReady = async (): Promise<number> => (await relay.request("GET", "/-/ready")).status;
    await expect.poll(isReady, { timeout: 15_000 }).toBe(200);
    expect(withoutOwn(await relay.view("raw"))).toEqual(before);
    expect((await relay.push("/metrics/job/other", "# TYPE x counter\nx 1\n")).status).toBe(400);
    expect((await relay.push("/metrics/job/j1", "# TYPE x gauge\nx 100\n")).status).toBe(200);
    expect(sampleOf(await relay.view("raw"), `x{instance="",job="j1"}`)).toBe(100);
    expect(relay.log.join("")).toContain("it goes on from what was committed");
  });
});

async function runCommand(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const code = await run(args, {
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    stopped: new AbortController().signal,
  });
  return { code, ...said };
}
function at(name: string): string {
  return join(folder.path, name);
}

describe("sluice snapshot and sluice repair", () => {
  test("a snapshot of a running relay is a store that another starts on", async () => {
    await using relay = await startRelay({ storageFolder: at("data") });
    for (let i = 0; i < 5; i++) await relay.push(`/metrics/job/j${i}`, `x ${i}\n`);
    expect(await runCommand("snapshot", at("data"), at("copy"))).toMatchObject({ code: 0, err: "" });
    await relay.push("/metrics/job/j0", "x 100\n");
    await using copy = await startRelay({ storageFolder: at("copy") });
    expect(sampleOf(await copy.view("raw"), `x{instance="",job="j0"}`)).toBe(0);
    expect((await runCommand("snapshot", at("data"), at("copy"))).err).toMatch(/is there already/);
    expect((await runCommand("snapshot", at("data"))).code).toBe(2);
  });

  test("what is sound is saved, and the rest is told", async () => {
    {
      await using relay = await startRelay({ storageFolder: at("data") });
      for (let i = 0; i < 40; i++) await relay.push(`/metrics/job/j${i}`, `x ${i}\n`);
    }
    const opened = openSqlite(join(at("data"), "sluice.db"));
    const [row] = opened.all("SELECT count(DISTINCT partition) AS n, min(partition) AS first FROM images");
    opened.run("UPDATE images SET crc = 0 WHERE partition = ?", row?.["first"] ?? 0);
    opened.close();
    const { code, out, err } = await runCommand("repair", at("data"), at("saved"));
    expect([code, out.split(" ")[0]]).toEqual([1, String(Number(row?.["n"]) - 1)]);
    expect(err).toBe(
      `sluice: lost: partition ${Number(row?.["first"])}, its image: a checksum does not match\n`,
    );
    await using relay = await startRelay({ storageFolder: at("saved") });
    const view = await relay.view("raw");
    const kept = Array.from({ length: 40 }, (_, i) => sampleOf(view, `x{instance="",job="j${i}"}`) === i);
    expect(kept.filter(Boolean).length).toBeGreaterThan(30);
  });

  test("nothing can be saved of what is no database", async () => {
    mkdirSync(at("data"));
    writeFileSync(join(at("data"), "sluice.db"), "x".repeat(5_000));
    const { code, err } = await runCommand("repair", at("data"), at("saved"));
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/nothing of .*sluice\.db can be read: file is not a database/),
    ]);
  });
});

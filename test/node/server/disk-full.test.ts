import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../storage/temporary-folder.ts";
import { sampleOf, startRelay } from "./running-relay.ts";

/** A file system of a few megabytes; undefined where this user may not make one. */
function smallDisk(): (Disposable & { readonly path: string }) | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.path], { stdio: "ignore" });
  } catch {
    folder[Symbol.dispose]();
    return undefined;
  }
  return {
    path: folder.path,
    [Symbol.dispose]() {
      execFileSync("umount", [folder.path]);
      folder[Symbol.dispose]();
    },
  };
}

const disk = smallDisk();
disk?.[Symbol.dispose]();

test.skipIf(disk === undefined)(
  "on a full disk pushes are refused and say why, scrapes show what is stored, and it heals by itself",
  async () => {
    using full = smallDisk();
    if (full === undefined) throw new Error("the disk is gone");
    const filler = join(full.path, "filler");
    await using relay = await startRelay({ storageFolder: join(full.path, "data"), threads: 2 });
    const series = `x{instance="",job="a"}`;
    expect((await relay.push("/metrics/job/a", "x 1\n")).status).toBe(200);
    writeFileSync(filler, "");
    try {
      writeFileSync(filler, Buffer.alloc(8 * 2 ** 20));
    } catch {
      // As much as there was room for.
    }
    let stored = 1;
    let refused = await relay.push("/metrics/job/a", "x 2\n");
    // What SQLite has of its log may take a few more.
    while (refused.status === 200) {
      stored += 1;
      refused = await relay.push("/metrics/job/a", `x ${stored + 1}\n`);
    }
    expect(refused.status).toBe(503);
    expect(refused.headers["retry-after"]).toBe("5");
    expect(refused.text).toBe(
      "nothing can be stored (database or disk is full): push again when there is room\n",
    );
    expect(sampleOf(await relay.view("raw"), series)).toBe(stored);
    const ready = await relay.request("GET", "/-/ready");
    expect([ready.status, ready.text]).toEqual([503, "nothing can be stored (database or disk is full)\n"]);
    const view = await relay.view("merged");
    expect(sampleOf(view, "sluice_ready")).toBe(0);
    expect(sampleOf(view, "sluice_storage_commit_failures_total")).toBeGreaterThan(0);
    expect(sampleOf(view, "sluice_storage_free_bytes")).toBeLessThan(2 ** 20);
    expect((await relay.request("GET", "/-/healthy")).status).toBe(200);
    expect((await relay.request("DELETE", "/metrics/job/a")).status).toBe(503);

    rmSync(filler);
    const isReady = async (): Promise<number> => (await relay.request("GET", "/-/ready")).status;
    await expect.poll(isReady, { timeout: 15_000 }).toBe(200);
    expect((await relay.push("/metrics/job/a", "x 100\n")).status).toBe(200);
    expect(sampleOf(await relay.view("raw"), series)).toBe(100);
    expect(relay.log.join("")).toContain("pushes are stored again");
  },
);

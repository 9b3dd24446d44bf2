import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../src/node/cli/run.ts";
import { readConfig } from "../../src/node/config/read-config.ts";
import { samplesOf } from "../support/view-text.ts";
import { type RunningRelay, send, startRelay } from "./server/running-relay.ts";

const page = readFileSync(new URL("../../docs/aggregation.md", import.meta.url), "utf8");

function blocks(info: string): string[] {
  const found = page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm);
  return [...found].filter(([, each]) => each === info).map(([, , text = ""]) => text);
}

/** The pushes of a block: `printf '<body>' | curl --data-binary @- http://localhost:9091<path>`. */
async function pushAll(relay: RunningRelay, block: string): Promise<void> {
  const pushes = [
    ...block.matchAll(/^printf '(.*)' \| curl --data-binary @- http:\/\/localhost:9091(\S+)$/gm),
  ];
  expect(pushes.length).toBeGreaterThan(1);
  for (const [, body = "", path = ""] of pushes) {
    const answer = await send(relay.port, "POST", path, { body: body.replaceAll(String.raw`\n`, "\n") });
    expect([answer.status, answer.text]).toEqual([200, ""]);
  }
}

const shown = async (relay: RunningRelay): Promise<string> =>
  samplesOf(await relay.view("merged"), "http_requests_total")
    .map((line) => `${line}\n`)
    .join("");

test("who follows the page from the first push to the explanation sees what it shows", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), "sluice.yaml");
  writeFileSync(file, "");
  const args = [`--config.file=${file}`, "--web.listen-address=127.0.0.1:0", "--threads=2"];
  const read = readConfig(args);
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  await using relay = await startRelay({ ...read.config, storageFolder: "" }, () => readConfig(args));
  const [before = "", after = ""] = blocks("").filter((block) => block.startsWith("printf "));
  const [atFirst, then] = blocks("shown");

  await pushAll(relay, before);
  expect((await shown(relay)).split("\n").length).toBe(3);
  writeFileSync(file, blocks("yaml")[0] ?? "");
  await expect.poll(() => shown(relay), { timeout: 10_000 }).toBe(atFirst);
  expect(relay.log.some((line) => line.includes("configuration reloaded"))).toBe(true);
  await pushAll(relay, after);
  expect(await shown(relay)).toBe(then);

  let out = "";
  const command = blocks("").find((block) => block.includes("explain http_requests_total")) ?? "";
  const [, ...words] = command.trim().replace("localhost:9091", `127.0.0.1:${relay.port}`).split(" ");
  const streams = {
    out: (text: string) => (out += text),
    err: (text: string) => (out += text),
    stopped: new AbortController().signal,
  };
  expect(await run(words, streams)).toBe(0);
  for (const line of blocks("explained").join("").trimEnd().split("\n")) {
    expect(out.split("\n")).toContain(line);
  }
});

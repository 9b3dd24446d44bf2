import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { firstFreePort } from "../../src/node/cli/free-port.ts";
import { prometheusPrograms } from "../e2e/prometheus-package.ts";
import { replaced } from "./flink-cluster.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/wordcount.md"), "utf8");

/** All commands of the page, in a checkout that has nothing in it yet, with ports that are free here. */
async function commandsOf(page: string): Promise<string> {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
  const [relay, prometheus, rest, rpc] = await Promise.all(
    [19_300, 19_400, 19_500, 19_600].map((port) => firstFreePort("127.0.0.1", port)),
  );
  return replaced(blocks.join(""), {
    "npm ci\n": "",
    "npm start -- --storage.path": `npm start -- --web.listen-address=127.0.0.1:${relay} --storage.path`,
    "prometheus --config.file": `prometheus --web.listen-address=127.0.0.1:${prometheus} --config.file`,
    "cat docs/monitoring/prometheus.yml": `sed s/9091/${relay}/ docs/monitoring/prometheus.yml`,
    "sed 's/sluice.example/localhost/'": `sed 's/sluice.example:9091/localhost:${relay}/; s/8081/${rest}/; s/6123/${rpc}/'`,
    "localhost:9091": `localhost:${relay}`,
    "localhost:9090": `localhost:${prometheus}`,
    "localhost:8081": `localhost:${rest}`,
  });
}

test("who follows the page comes from nothing to an alert", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-wordcount-"));
  for (const name of readdirSync(ROOT)) symlinkSync(join(ROOT, name), join(folder, name));
  const { prometheus } = await prometheusPrograms();
  const shell = spawn("bash", ["-euo", "pipefail", "-c", await commandsOf(PAGE)], {
    cwd: folder,
    env: { ...process.env, PATH: [dirname(prometheus), process.env["PATH"]].join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
    // What it starts in the background must be ended with it.
    detached: true,
  });
  let out = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
  }
  const impatient = setTimeout(() => endAll(shell.pid), 420_000);
  await once(shell, "exit");
  clearTimeout(impatient);
  endAll(shell.pid);
  rmSync(folder, { recursive: true, force: true });
  expect(out).toContain('"taskmanagers":3');
  expect(out).toContain("rule: Flink preset: counter");
  expect(out).toContain('"alertname":"FlinkJobRestarted"');
}, 480_000);

function endAll(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}

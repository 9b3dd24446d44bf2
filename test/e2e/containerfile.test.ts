import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { send } from "../node/server/running-relay.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const LINES = readFileSync(join(ROOT, "docs/deploy/Containerfile"), "utf8").split("\n");

/** What stands behind an instruction, once for each time that it is there. */
function argumentsOf(instruction: string): string[] {
  return LINES.filter((line) => line.startsWith(`${instruction} `)).map((line) =>
    line.slice(instruction.length + 1),
  );
}

/** The words of the only such instruction. */
function wordsOf(instruction: string): string[] {
  const [words = "[]"] = argumentsOf(instruction);
  return JSON.parse(words) as string[];
}

test("what the Containerfile copies and runs makes a relay, which stops at once when it is told to", async () => {
  using image = temporaryFolder();
  const [workdir = ""] = argumentsOf("WORKDIR");
  const inside = (path: string): string => join(image.path, path);
  mkdirSync(inside(workdir), { recursive: true });
  for (const line of argumentsOf("COPY")) {
    const words = line.split(" ");
    const target = words.pop() ?? "";
    for (const word of words) {
      const to = target === "./" ? word : target;
      cpSync(join(ROOT, word), inside(join(workdir, to)), { recursive: true });
    }
  }
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
  const [install = ""] = argumentsOf("RUN");
  expect(install).toBe("npm ci --omit=dev --ignore-scripts");
  await promisify(execFile)("npm", install.split(" ").slice(1), { cwd: inside(workdir), env });

  const [program = "", ...entry] = wordsOf("ENTRYPOINT");
  const flags = wordsOf("CMD").map((flag) => flag.replace("=/data", `=${inside("data")}`));
  const child = spawn(
    program,
    [...entry.map(inside), ...flags, "--web.listen-address=127.0.0.1:0", "--log.format=json"],
    { cwd: inside(workdir), env, stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  try {
    const said: string[] = [];
    let port = 0;
    for await (const line of createInterface(child.stderr)) {
      said.push(line);
      if (!line.includes('"msg":"listening"')) continue;
      port = Number((JSON.parse(line) as { address: string }).address.split(":").at(-1));
      break;
    }
    expect([port > 0, said.join("\n")]).toEqual([true, expect.anything()]);
    expect((await send(port, "GET", "/-/ready")).status).toBe(200);
    expect((await send(port, "PUT", "/metrics/job/a", { body: "x 1\n" })).status).toBe(200);
  } finally {
    child.kill("SIGTERM");
  }
  expect(await exited).toEqual([0, null]);
});

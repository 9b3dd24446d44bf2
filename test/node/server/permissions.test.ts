import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { describe, expect, test } from "vitest";
import { run } from "../../../src/node/cli/run.ts";
import type { Config } from "../../../src/node/config/config.ts";
import { defaultConfig, readConfig } from "../../../src/node/config/read-config.ts";
import { tlsFile } from "../web-config/tls-files.ts";
import type { RunningRelay } from "./running-relay.ts";
import { startRelay } from "./running-relay.ts";
import { connectSecure2 } from "./tls-client.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-"));
const TOKENS = {
  shop: "token-of-the-shop-1",
  scraper: "token-of-scrapes-12",
  boss: "token-of-the-boss-12",
  all: "token-of-anybody-12",
};
const PASSWORD = hashSync("red", 4);

function fileWith(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Users and permissions by the two files that an operator writes. */
function configOf(permissions: string, users: readonly string[], more = ""): Config {
  const webConfigFile = fileWith(
    "web.yml",
    `${more}basic_auth_users:\n${users.map((user) => `  ${user}: "${PASSWORD}"\n`).join("")}`,
  );
  const configFile = fileWith("sluice.yaml", permissions);
  const read = readConfig([`--config.file=${configFile}`, `--web.config.file=${webConfigFile}`]);
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  return read.config;
}

function startWith(config: Partial<Config>): Promise<RunningRelay> {
  return startRelay({
    ...config,
    adminApi: true,
    lifecycle: true,
    threads: 1,
    storageFolder: "",
    listenAddresses: defaultConfig().listenAddresses.map(() => ({ host: "127.0.0.1", port: 0 })),
  });
}

const READS = [
  "/metrics",
  "/",
  "/status",
  "/static/style.css",
  "/api/v1/status",
  "/api/v1/metrics",
  "/api/v1/explain?series=x",
];
const REQUESTS = [
  ...READS.map((path) => ["read", "GET", path] as const),
  ["push", "PUT", "/metrics/job/shop"],
  ["push", "POST", "/metrics/job/shop/a/b"],
  ["push", "DELETE", "/metrics/job/shop/a/b"],
  ["admin", "DELETE", "/api/v1/outputs?match[]=nothing"],
  ["admin", "DELETE", '/api/v1/groups?match[]={job="nothing"}'],
  ["admin", "PUT", "/api/v1/admin/wipe"],
  ["admin", "POST", "/-/reload"],
  ["anything", "GET", "/-/healthy"],
  ["anything", "GET", "/-/ready"],
  ["admin", "PUT", "/-/quit"],
] as const;

interface Sender {
  readonly base?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What of the table a sender may do; the rest must be 403 and name the permission that it takes. */
async function allowed(
  relay: RunningRelay,
  { base = "", headers = {} }: Sender,
): Promise<ReadonlySet<string>> {
  const granted = new Set<string>();
  const refused = new Set<string>();
  for (const [permission, method, path] of REQUESTS) {
    const body = method === "PUT" || method === "POST" ? "x 1\n" : "";
    const { status, text } = await relay.request(method, base + path, { headers, body });
    if (status === 403)
      expect(text).toMatch(
        new RegExp(`^forbidden: it takes the permission ${permission}, and you have .+\n$`),
      );
    else expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code < 300)]);
    (status === 403 ? refused : granted).add(permission);
  }
  // One permission is for all of its requests.
  for (const permission of granted) expect(refused).not.toContain(permission);
  return granted;
}

function as(user: string): Sender {
  return { headers: { Authorization: `Basic ${Buffer.from(`${user}:red`).toString("base64")}` } };
}

describe("users with permissions of --config.file", () => {
  test.each([
    ["  u: [read]\n", ["read", "anything"]],
    ["  u: [push]\n", ["push", "anything"]],
    ["  u: [admin]\n", ["admin", "anything"]],
    ['  u:\n    - read\n    - push{job="shop"}\n', ["read", "push", "anything"]],
    ["  u: []\n", ["anything"]],
    ["  other: [read]\n", ["read", "push", "admin", "anything"]],
  ])("%j", async (permissions, want) => {
    await using relay = await startWith(configOf(`permissions:\n${permissions}`, ["u"]));
    expect([...(await allowed(relay, as("u")))].toSorted()).toEqual(want.toSorted());
  });

  test("follow the file while the relay runs; a user whom it does not name may do everything", async () => {
    const config = configOf("permissions:\n  ann: [read]\n", ["ann", "bob"]);
    const args = [`--config.file=${config.configFile}`, `--web.config.file=${config.webConfigFile}`];
    await using relay = await startRelay(
      {
        ...config,
        threads: 1,
        storageFolder: "",
        listenAddresses: [{ host: "127.0.0.1", port: 0 }],
        lifecycle: true,
      },
      () => {
        const read = readConfig(args);
        return read.kind === "config" ? { ...read, config: { ...read.config } } : read;
      },
    );
    const push = async (user: string): Promise<number> =>
      (await relay.request("PUT", "/metrics/job/a", { ...as(user), body: "x 1\n" })).status;
    expect([await push("ann"), await push("bob")]).toEqual([403, 200]);
    fileWith("sluice.yaml", "permissions:\n  bob: [read]\n  cid: [read]\n");
    expect((await relay.request("POST", "/-/reload", as("bob"))).status).toBe(200);
    expect([await push("ann"), await push("bob")]).toEqual([200, 403]);
    expect(relay.log.join("")).toMatch(
      /"users":"cid","msg":"there are permissions of users that --web\.config\.file does not have"/,
    );
    // What is broken changes nothing.
    fileWith("sluice.yaml", "permissions:\n  ann: [rite]\n");
    await relay.request("POST", "/-/reload", as("ann"));
    expect([await push("ann"), await push("bob")]).toEqual([200, 403]);
  });

  test("sluice explain asks as the user, or with the token, of its URL", async () => {
    const config = configOf("permissions:\n  ann: [read]\n  bob: [push]\n", ["ann", "bob"]);
    await using relay = await startWith({ ...config, pathToken: TOKENS.all });
    const explain = async (before: string, behind = ""): Promise<string> => {
      let said = "";
      const take = (text: string): void => void (said += text);
      const url = `http://${before}127.0.0.1:${relay.port}${behind}`;
      const stopped = new AbortController().signal;
      await run(["explain", "sums", `--url=${url}`], { out: take, err: take, stopped });
      return said;
    };
    expect(await explain("ann:red@")).toMatch(/no output of the merged view matches sums/);
    expect(await explain("", `/${TOKENS.all}`)).toMatch(/no output of the merged view matches sums/);
    expect(await explain("bob:red@")).toMatch(
      /answered 403: forbidden: it takes the permission read, and you have push/,
    );
    expect(await explain("")).toMatch(/answered 401/);
  });

  test("without users they are an error: everybody could do everything", () => {
    const configFile = fileWith("alone.yaml", "permissions:\n  ann: [read]\n");
    expect(readConfig([`--config.file=${configFile}`])).toEqual({
      kind: "errors",
      errors: [expect.stringMatching(/alone\.yaml: permissions: they are of users, and --web\.config\.file/)],
    });
  });
});

describe("path tokens with permissions", () => {
  const tokenFile = (): string =>
    fileWith(
      "tokens",
      `# one tenant\n${TOKENS.shop} push{job="shop"}\n${TOKENS.scraper} read\n${TOKENS.boss} admin\n${TOKENS.all}\n`,
    );

  test.each([
    [TOKENS.shop, ["push", "anything"]],
    [TOKENS.scraper, ["read", "anything"]],
    [TOKENS.boss, ["admin", "anything"]],
    [TOKENS.all, ["read", "push", "admin", "anything"]],
  ])("%s", async (token, want) => {
    await using relay = await startWith({ pathTokenFile: tokenFile() });
    expect([...(await allowed(relay, { base: `/${token}` }))].toSorted()).toEqual(want.toSorted());
  });

  test("one that is bound to a job pushes and deletes of that job alone; what it may not do changes nothing", async () => {
    await using relay = await startWith({ pathTokenFile: tokenFile() });
    expect((await relay.push(`/${TOKENS.all}/metrics/job/bank`, "y 1\n")).status).toBe(200);
    for (const [method, path, key] of [
      ["PUT", "/metrics/job/bank", '{job="bank"}'],
      ["POST", "/metrics/job/shop2", '{job="shop2"}'],
      ["DELETE", "/metrics/job/bank", '{job="bank"}'],
      ["PUT", "/metrics/job@base64/YmFuaw", '{job="bank"}'],
      ["PUT", "/metrics/job/bank/job/shop", '{job="bank"}'],
      ["PUT", "/metrics/job/bank%2Fa%2Fshop", '{a="shop",job="bank"}'],
    ] as const) {
      const { status, text } = await relay.request(method, `/${TOKENS.shop}${path}`, {
        body: method === "DELETE" ? "" : "y 2\n",
      });
      expect([path, status, text]).toEqual([
        path,
        403,
        `forbidden: you have push{job="shop"}, which does not cover ${key}\n`,
      ]);
    }
    // A fleet's pushes have a random end of the job.
    const suffixed = `/metrics/job/shop${"0f".repeat(16)}`;
    expect((await relay.push(`/${TOKENS.shop}${suffixed}`, "z 3\n")).status).toBe(200);
    const { text } = await relay.request("GET", `/${TOKENS.scraper}/metrics?view=raw`);
    expect(text).toContain('y{instance="",job="bank"} 1\n');
    expect(text).toContain("\nz{");
    expect(text).toContain('sluice_refused_pushes_total{job="bank",reason="forbidden"} 4\n');
    expect(text).not.toContain('job="shop2"} 2');
  });

  test("a push that is forbidden is read to its end, so that its client sees the answer", async () => {
    await using relay = await startWith({ pathTokenFile: tokenFile() });
    const body = `x ${"1".repeat(4_000_000)}\n`;
    expect((await relay.push(`/${TOKENS.shop}/metrics/job/bank`, body)).status).toBe(403);
  });

  test("over HTTP/2 too", async () => {
    const webConfigFile = fileWith(
      "tls.yml",
      `tls_server_config: { cert_file: ${tlsFile("server.crt")}, key_file: ${tlsFile("server.key")} }`,
    );
    await using relay = await startWith({ pathTokenFile: tokenFile(), webConfigFile });
    await using client = await connectSecure2(relay.port);
    expect((await client.send("PUT", `/${TOKENS.shop}/metrics/job/shop`, "x 1\n")).status).toBe(200);
    expect((await client.send("PUT", `/${TOKENS.shop}/metrics/job/bank`, "x 1\n")).status).toBe(403);
  });

  test("no answer and no log line tells one", async () => {
    await using relay = await startWith({ pathTokenFile: tokenFile() });
    const answers = await Promise.all(
      REQUESTS.slice(0, -1).map(([, method, path]) =>
        relay.request(method, `/${TOKENS.shop}${path}`, { body: "" }),
      ),
    );
    const said =
      answers.map(({ text, headers }) => text + JSON.stringify(headers)).join("") + relay.log.join("");
    for (const token of Object.values(TOKENS)) expect(said).not.toContain(token);
  });
});

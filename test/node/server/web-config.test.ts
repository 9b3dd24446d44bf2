import { copyFileSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { hashSync } from "bcryptjs";
import { describe, expect, test } from "vitest";
import { tlsFile, tlsText } from "../web-config/tls-files.ts";
import { type RunningRelay, startRelay } from "./running-relay.ts";
import { clientWith, connectSecure2, sendSecure, trusted } from "./tls-client.ts";

/** As cheap as bcrypt allows. */
const COST = 4;
const ALICE = hashSync("red", COST);

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "sluice-")), "web.yml");
  writeFileSync(path, text);
  return path;
}

const CERTIFICATE = `  cert_file: ${tlsFile("server.crt")}\n  key_file: ${tlsFile("server.key")}\n`;
const TLS = `tls_server_config:\n${CERTIFICATE}`;

/** Takes labels long enough that few of them make a long scrape. */
async function startWith(text: string): Promise<RunningRelay> {
  return await startRelay({ webConfigFile: fileWith(text), maxLabelValueLength: 4_000_000 });
}

function serialOf(name: string): string {
  return new X509Certificate(tlsText(`${name}.crt`)).serialNumber;
}

function withPolicy(name: string): string {
  return `${TLS}  client_ca_file: ${tlsFile("ca.crt")}\n  client_auth_type: ${name}\n`;
}

/** A frame of HTTP/2, as RFC 9113 has it. */
function frame(type: number, flags: number, stream: number, ...parts: (string | number)[]): Buffer {
  const payload = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))),
  );
  return Buffer.concat([Buffer.of(0, 0, payload.length, type, flags, 0, 0, 0, stream), payload]);
}

/** Resolves when the relay has logged that. */
async function logged(relay: RunningRelay, message: string): Promise<string> {
  for (;;) {
    const found = relay.log.find((line) => line.includes(message));
    if (found !== undefined) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function basic(text: string): Readonly<Record<string, string>> {
  return { Authorization: `Basic ${Buffer.from(text).toString("base64")}` };
}

describe("users", () => {
  test("every endpoint asks for one, probes too, in a Pushgateway's words", async () => {
    await using relay = await startWith(`basic_auth_users: { alice: "${ALICE}" }`);
    for (const [method, target] of [
      ["GET", "/metrics"],
      ["PUT", "/metrics/job/a"],
      ["GET", "/-/healthy"],
      ["GET", "/-/ready"],
      ["GET", "/nowhere"],
    ] as const) {
      const { status, text, headers } = await relay.request(method, target, { body: "" });
      expect([status, text, headers["www-authenticate"]]).toEqual([401, "Unauthorized\n", "Basic"]);
      expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    }
    const pushed = await relay.request("PUT", "/metrics/job/a", {
      body: "x 1\n",
      headers: basic("alice:red"),
    });
    expect(pushed.status).toBe(200);
    const { text } = await relay.request("GET", "/metrics", { headers: basic("alice:red") });
    expect(text).toContain('x{instance="",job="a"} 1\n');
    expect(text).toContain('sluice_http_requests_total{code="401",handler="refused",method="GET"} 4\n');
    expect(text).toContain("sluice_web_config_last_reload_successful 1\n");
  });

  test.each(["alice:blue", "bob:red", "alice:", ":red"])("%s is nobody", async (given) => {
    await using relay = await startWith(`basic_auth_users: { alice: "${ALICE}" }`);
    expect((await relay.request("GET", "/metrics", { headers: basic(given) })).status).toBe(401);
  });

  test("a push that is refused is read to its end, so that its client sees the answer", async () => {
    await using relay = await startWith(`basic_auth_users: { alice: "${ALICE}" }`);
    const body = `x ${"1".repeat(4_000_000)}\n`;
    expect((await relay.request("PUT", "/metrics/job/a", { body })).status).toBe(401);
  });
});

test("headers are sent with every answer, refusals among them", async () => {
  await using relay = await startWith(
    `http_server_config: { headers: { X-Frame-Options: deny, Strict-Transport-Security: max-age=1 } }\nbasic_auth_users: { alice: "${ALICE}" }`,
  );
  for (const given of ["alice:red", "alice:blue"]) {
    const { headers } = await relay.request("GET", "/metrics", { headers: basic(given) });
    expect(headers).toMatchObject({ "x-frame-options": "deny", "strict-transport-security": "max-age=1" });
  }
});

test("past the rate limit the answer is 429, and says when to come again", async () => {
  await using relay = await startWith("rate_limit: { interval: 1h, burst: 2 }");
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await relay.request("GET", "/-/healthy"));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[2]).toMatchObject({ text: "Too Many Requests\n", headers: { "retry-after": "3600" } });
});

describe("TLS", () => {
  test("pushes and scrapes over HTTP/1.1; plain HTTP gets nothing", async () => {
    await using relay = await startWith(TLS);
    expect((await sendSecure(relay.port, "PUT", "/metrics/job/a", { body: "x 1\n" })).status).toBe(200);
    const { text, protocol } = await sendSecure(relay.port, "GET", "/metrics");
    expect(text).toContain('x{instance="",job="a"} 1\n');
    expect(protocol).toBe("TLSv1.3");
    await expect(relay.request("GET", "/metrics")).rejects.toThrow();
  });

  test.each([
    [
      "TLS 1.1 by default",
      "",
      { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
      undefined,
    ],
    [
      "TLS 1.1 where it is wanted",
      "  min_version: TLS11\n",
      { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
      "ECDHE-ECDSA-AES256-SHA",
    ],
    ["TLS 1.2 where 1.3 is the least", "  min_version: TLS13\n", { maxVersion: "TLSv1.2" }, undefined],
    ["TLS 1.2 at the most", "  max_version: TLS12\n", {}, "ECDHE-ECDSA-AES128-GCM-SHA256"],
    [
      "the suite that the server likes best",
      "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n",
      { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305" },
      "ECDHE-ECDSA-CHACHA20-POLY1305",
    ],
    [
      "the suite that the client likes best",
      "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n  prefer_server_cipher_suites: false\n",
      { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305" },
      "ECDHE-ECDSA-AES128-GCM-SHA256",
    ],
    [
      "no suite in common",
      "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n",
      { ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" },
      undefined,
    ],
    [
      "TLS 1.3 beside a list for 1.2",
      "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n",
      { minVersion: "TLSv1.3" },
      "TLS_AES_128_GCM_SHA256",
    ],
    [
      "TLS 1.2 beside a list of 1.3 alone",
      "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n",
      { maxVersion: "TLSv1.2" },
      undefined,
    ],
    [
      "a curve in common",
      "  curve_preferences: [CurveP521]\n",
      { ecdhCurve: "P-521" },
      "TLS_AES_256_GCM_SHA384",
    ],
    ["no curve in common", "  curve_preferences: [CurveP521]\n", { ecdhCurve: "P-384" }, undefined],
  ] as const)("%s", async (_, settings, client, cipher) => {
    await using relay = await startWith(`${TLS}${settings}`);
    const answer = sendSecure(relay.port, "GET", "/-/healthy", { client: { ...trusted, ...client } });
    if (cipher === undefined) await expect(answer).rejects.toThrow(/alert|handshake|protocol/i);
    else expect(await answer).toMatchObject({ status: 200, cipher });
  });
});

/** Whether each of four clients is let in: without a certificate, with ours, with a stranger's, with ours of another name. */
describe("client certificates", () => {
  const CA = `  client_ca_file: ${tlsFile("ca.crt")}\n`;
  test.each([
    ["NoClientCert", "", [true, true, true]],
    ["RequestClientCert", CA, [true, true, true]],
    ["RequireAnyClientCert", CA, [false, true, true]],
    ["VerifyClientCertIfGiven", CA, [true, true, false]],
    ["RequireAndVerifyClientCert", CA, [false, true, false]],
    ["RequireAndVerifyClientCert", `${CA}  client_allowed_sans: [x, flink.example]\n`, [false, true, false]],
    ["RequireAndVerifyClientCert", `${CA}  client_allowed_sans: ["fd00::7"]\n`, [false, true, false]],
    ["RequireAndVerifyClientCert", `${CA}  client_allowed_sans: [other.example]\n`, [false, false, false]],
    ["VerifyClientCertIfGiven", `${CA}  client_allowed_sans: [other.example]\n`, [true, false, false]],
    ["RequireAnyClientCert", "  client_allowed_sans: [flink.example]\n", [false, true, true]],
    ["RequireAndVerifyClientCert", "", [false, false, false]], // no well-known authority has signed it
  ])("%s %j lets in: nobody in particular, ours, a stranger: %j", async (policy, settings, want) => {
    await using relay = await startWith(`${TLS}  client_auth_type: ${policy}\n${settings}`);
    const isLetIn = async (client: typeof trusted): Promise<boolean[]> => {
      const answered = sendSecure(relay.port, "GET", "/-/healthy", { client }).then(
        ({ status }) => status === 200,
      );
      const over2 = connectSecure2(relay.port, client).then(async (http2) => {
        await using open = http2;
        return (await open.send("GET", "/-/healthy")).status === 200;
      });
      return await Promise.all([answered, over2].map((letIn) => letIn.catch(() => false)));
    };
    const got = [
      await isLetIn(trusted),
      await isLetIn(clientWith("client")),
      await isLetIn(clientWith("stranger")),
    ];
    expect(got).toEqual(want.map((letIn) => [letIn, letIn]));
  });
});

/** A body of 3 MB, in few lines. */
const LARGE = Array.from({ length: 200 }, (_, i) => `x{i="${i}",l="${"y".repeat(15_000)}"} 1\n`).join("");

describe("HTTP/2", () => {
  test("pushes, scrapes and deletes, many on one connection", async () => {
    await using relay = await startWith(TLS);
    await using client = await connectSecure2(relay.port);
    expect(client.session.alpnProtocol).toBe("h2");
    const jobs = Array.from({ length: 8 }, (_, i) => `/metrics/job/j${i}`);
    const pushed = await Promise.all(jobs.map((path) => client.send("PUT", path, LARGE)));
    expect(pushed).toEqual(jobs.map(() => ({ status: 200, text: "" })));
    const { text } = await client.send("GET", "/metrics");
    expect(text.match(/^x\{/gm)).toHaveLength(8 * 200);
    expect(text.length).toBeGreaterThan(24_000_000);
    expect(await client.send("DELETE", "/metrics/job/j0")).toEqual({ status: 202, text: "" });
    expect((await client.send("POST", "/metrics/job/a", "x y\n")).status).toBe(400);
    expect((await client.send("GET", "/metrics?view=raw")).text).not.toContain('job="j0"');
  });

  test("a scrape that is read slowly does not shut its connection to others", async () => {
    await using relay = await startWith(TLS);
    await using client = await connectSecure2(relay.port);
    for (let i = 0; i < 8; i++) {
      expect((await client.send("PUT", `/metrics/job/j${i}`, LARGE)).status).toBe(200);
    }
    const slow = client.session.request({ ":path": "/metrics" });
    await once(slow, "response");
    const chunks = slow.iterator();
    let length = (await chunks.next()).value.length; // the rest is left for later
    expect(await client.send("PUT", "/metrics/job/b", "x 1\n")).toEqual({ status: 200, text: "" });
    expect((await client.send("GET", "/-/healthy")).status).toBe(200);
    for await (const chunk of chunks) length += chunk.length;
    expect(length).toBeGreaterThan(24_000_000);
  });

  test("a path is read as it was sent", async () => {
    await using relay = await startWith(TLS);
    await using client = await connectSecure2(relay.port);
    expect((await client.send("PUT", "/metrics/job/a%20b/l/../m/?q=1", "x 1\n")).status).toBe(200);
    expect((await client.send("GET", "/metrics")).text).toContain('x{instance="",job="a b",l="..",m=""} 1\n');
  });

  test.each([{}, { "content-length": "8" }])(
    "of a push that is cut off nothing is stored: %j",
    async (headers) => {
      await using relay = await startWith(TLS);
      for (let round = 0; round < 5; round++) {
        const client = await connectSecure2(relay.port);
        const stream = client.session.request({ ":method": "PUT", ":path": "/metrics/job/a", ...headers });
        stream.on("error", () => {});
        await new Promise((resolve) => {
          stream.write("x 1\n", resolve);
        });
        // The relay has read what came before: it answers a later request of the same connection.
        expect((await client.send("GET", "/-/healthy")).status).toBe(200);
        client.cutOff();
      }
      expect((await sendSecure(relay.port, "GET", "/metrics?view=raw")).text).not.toContain(
        "push_time_seconds",
      );
    },
  );

  test("of a push that is shorter than it says nothing is stored", async () => {
    await using relay = await startWith(TLS);
    await using client = await connectSecure2(relay.port);
    const short = client.send("PUT", "/metrics/job/a", "x 1\n", { "content-length": "8" });
    await expect(short).rejects.toThrow();
    expect((await client.send("GET", "/metrics?view=raw")).text).not.toContain("push_time_seconds");
  });

  test("of a push that its client takes back nothing is stored", async () => {
    await using relay = await startWith(TLS);
    const socket = connect({ host: "127.0.0.1", port: relay.port, ALPNProtocols: ["h2"], ...trusted });
    await once(socket, "secureConnect");
    const headers = [
      [":method", "PUT"],
      [":scheme", "https"],
      [":path", "/metrics/job/a"],
      [":authority", "relay"],
    ].flatMap(([name = "", value = ""]) => [0, name.length, name, value.length, value]);
    const isReset = new Promise((resolve) => {
      // The acknowledgement of a ping comes when all before it has been read.
      socket.on("data", (chunk: Buffer) => {
        if (chunk.includes(Buffer.of(0, 0, 8, 6, 1, 0, 0, 0, 0))) resolve(undefined);
      });
    });
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.write(frame(4, 0, 0)); // SETTINGS
    socket.write(frame(1, 4, 1, ...headers)); // HEADERS, whole, of a request with a body
    socket.write(frame(0, 0, 1, "x 1\n")); // DATA, not the last
    socket.write(frame(3, 0, 1, 0, 0, 0, 0)); // RST_STREAM: NO_ERROR
    socket.write(frame(6, 0, 0, "a ping !")); // PING
    await isReset;
    socket.destroy();
    expect((await sendSecure(relay.port, "GET", "/metrics?view=raw")).text).not.toContain(
      "push_time_seconds",
    );
  });

  test("a stop answers what is under way, and ends idle connections", async () => {
    const relay = await startWith(TLS);
    await using client = await connectSecure2(relay.port);
    const stream = client.session.request({ ":method": "PUT", ":path": "/metrics/job/a" });
    await new Promise((resolve) => {
      stream.write("x 1\n", resolve);
    });
    expect((await client.send("GET", "/-/healthy")).status).toBe(200);
    const stopped = relay.stop();
    stream.end();
    const [answered] = (await once(stream, "response")) as [{ ":status": number }];
    expect(answered[":status"]).toBe(200);
    await stopped;
  });

  test("http2: false leaves 1.1", async () => {
    await using relay = await startWith(`${TLS}http_server_config: { http2: false }\n`);
    expect((await sendSecure(relay.port, "GET", "/-/healthy")).status).toBe(200);
    await expect(connectSecure2(relay.port)).rejects.toThrow();
  });
});

describe("while it runs", () => {
  test("a changed file counts, a broken one changes nothing and is told", async () => {
    const path = fileWith(`basic_auth_users: { alice: "${ALICE}" }`);
    await using relay = await startRelay({ webConfigFile: path });
    const asAlice = async (): Promise<number> =>
      (await relay.request("GET", "/metrics", { headers: basic("alice:red") })).status;
    expect(await asAlice()).toBe(200);

    writeFileSync(path, `basic_auth_user: { bob: "${hashSync("blue", COST)}" }`);
    expect(await logged(relay, "the web configuration is as it was")).toContain(
      "unknown key basic_auth_user;",
    );
    expect(await asAlice()).toBe(200);
    const { text } = await relay.request("GET", "/metrics", { headers: basic("alice:red") });
    expect(text).toContain("sluice_web_config_last_reload_successful 0\n");

    writeFileSync(path, `basic_auth_users: { bob: "${hashSync("blue", COST)}" }`);
    await logged(relay, "web configuration reloaded");
    expect(await asAlice()).toBe(401);
    expect((await relay.request("GET", "/metrics", { headers: basic("bob:blue") })).status).toBe(200);
  });

  test("a renewed certificate is shown to the next connection", async () => {
    const path = fileWith("tls_server_config: { cert_file: tls.crt, key_file: tls.key }\n");
    const beside = (name: string): string => join(path, "..", name);
    const put = (name: string): void => {
      for (const kind of ["crt", "key"]) {
        copyFileSync(tlsFile(`${name}.${kind}`), beside("new"));
        renameSync(beside("new"), beside(`tls.${kind}`));
      }
    };
    put("server");
    await using relay = await startRelay({ webConfigFile: path });
    expect((await sendSecure(relay.port, "GET", "/-/healthy")).serial).toBe(serialOf("server"));
    await using open = await connectSecure2(relay.port);
    put("renewed-server");
    await logged(relay, "web configuration reloaded");
    expect((await sendSecure(relay.port, "GET", "/-/healthy")).serial).toBe(serialOf("renewed-server"));
    expect((await open.send("GET", "/-/healthy")).status).toBe(200);
  });

  test.each([
    ["basic_auth_users: {}\n", "switching TLS on or off takes a restart"],
    [`${TLS}http_server_config: { http2: false }\n`, "http2 takes a restart"],
    [
      `${TLS}  client_auth_type: RequestClientCert\n`,
      "client_auth_type to or from NoClientCert takes a restart",
    ],
  ])("%j needs a restart, and says so", async (text, error) => {
    const path = fileWith(TLS);
    await using relay = await startRelay({ webConfigFile: path });
    writeFileSync(path, text);
    expect(await logged(relay, "the web configuration is as it was")).toContain(error);
    expect((await sendSecure(relay.port, "GET", "/-/healthy")).status).toBe(200);
  });

  test("a policy for client certificates takes effect, also for sessions that are resumed", async () => {
    const path = fileWith(withPolicy("RequestClientCert"));
    await using relay = await startRelay({ webConfigFile: path });
    expect((await sendSecure(relay.port, "GET", "/-/healthy")).status).toBe(200);
    writeFileSync(path, withPolicy("RequireAndVerifyClientCert"));
    await logged(relay, "web configuration reloaded");
    await expect(sendSecure(relay.port, "GET", "/-/healthy")).rejects.toThrow();
    expect((await sendSecure(relay.port, "GET", "/-/healthy", { client: clientWith("client") })).status).toBe(
      200,
    );
  });
});

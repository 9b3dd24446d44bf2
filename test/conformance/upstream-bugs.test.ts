import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { startChildRelay } from "../node/server/child-relay.ts";
import { type RunningRelay, send, startRelay } from "../node/server/running-relay.ts";
import { protobufBody } from "../support/protobuf-body.ts";

/** What goes wrong in a Pushgateway (1.5.1 to 1.11), and must not here: a test for each, by its number in the specification.
 * B4 (a scrape that names gzip and has no body is refused) is what case PGW-158 demands, and no harm. For B7, probes that
 * tell the truth, see `test/node/server/thread-death.test.ts` and `shutdown.test.ts`. */

const relays = {
  checked: startRelay({ view: "raw" }),
  unchecked: startRelay({ view: "raw", uncheckedPushes: true }),
};
afterAll(async () => {
  for (const relay of Object.values(relays)) await (await relay).stop();
});

const PROTOBUF = {
  "Content-Type":
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
};

/** Other pushes are taken, and a scrape shows them: nothing that came before has spoiled it. */
async function expectSound(relay: RunningRelay, job: string): Promise<string> {
  const { status, text } = await relay.push(`/metrics/job/${job}`, `sound_${job} 1\n`);
  expect([status, text]).toEqual([expect.toSatisfy((code) => code === 200 || code === 202), ""]);
  const view = await relay.view("raw");
  expect(view).toContain(`sound_${job}{instance="",job="${job}"} 1\n`);
  return view;
}

describe.each(["checked", "unchecked"] as const)("%s pushes", (mode) => {
  test.each(["/metrics/job/%FF", "/metrics/job/j/x@base64/_w", "/metrics/job@base64/_w"])(
    "B1: a label value that is not UTF-8 (%s) is refused and makes no group",
    async (target) => {
      const relay = await relays[mode];
      expect((await relay.push(target, "a 1\n")).status).toBe(400);
      const view = await expectSound(relay, "b1");
      expect(view).not.toContain("\uFFFD");
    },
  );

  test.each([
    ["le", '# TYPE bound histogram\nbound_bucket{le="1"} 1\nbound_sum 1\nbound_count 1\n'],
    ["quantile", '# TYPE bound summary\nbound{quantile="0.5"} 1\nbound_sum 1\nbound_count 1\n'],
  ])("a grouping key with %s is refused for what has this label on each line", async (name, body) => {
    const relay = await relays[mode];
    const { status, text } = await relay.push(`/metrics/job/bound/${name}/x`, body);
    expect(status).toBe(mode === "checked" ? 400 : 202);
    const reason = `collected metric "bound" must not have an explicit "${name}" label`;
    expect(text).toContain(mode === "checked" ? reason : "");
    expect(await expectSound(relay, `bound_${name}`)).not.toMatch(/^bound/m);
    expect((await relay.push(`/metrics/job/bound/${name}/x`, "gauge_beside 1\n")).status).toBeLessThan(300);
  });

  test("B2: a protobuf family without a name is refused, and later scrapes are whole", async () => {
    const relay = await relays[mode];
    const body = protobufBody({ type: 1, metric: [{ gauge: { value: 1 } }] });
    const answer = await relay.request("POST", "/metrics/job/b2", { body, headers: PROTOBUF });
    expect(answer.status).toBe(400);
    await expectSound(relay, "b2");
  });

  test("B3: pushed push stamps change nothing, and no API call fails for one without metrics", async () => {
    const relay = await relays[mode];
    await relay.push("/metrics/job/b3", "a 1\n");
    const text = 'push_failure_time_seconds 99999999999\npush_time_seconds{x="y"} 5\nb3 1\n';
    await relay.request("POST", "/metrics/job/b3", { body: text });
    const body = protobufBody({ name: "push_failure_time_seconds", type: 1, metric: [] });
    await relay.request("POST", "/metrics/job/b3", { body, headers: PROTOBUF });
    const view = await relay.view("raw");
    expect(view).toContain('push_failure_time_seconds{instance="",job="b3"} 0\n');
    expect(view).not.toMatch(/^push_time_seconds\{.*x="y"/m);
    const api = await relay.request("GET", "/api/v1/metrics?group=/job/b3");
    expect(JSON.parse(api.text)).toMatchObject({
      data: [{ b3: { type: "UNTYPED" }, last_push_successful: true }],
    });
  });

  test("B8: a length of 26 GB costs nothing and is refused", async () => {
    const relay = await relays[mode];
    const body = Uint8Array.from([0x80, 0x80, 0x80, 0x80, 0x61]);
    const answer = await relay.request("POST", "/metrics/job/b8", { body, headers: PROTOBUF });
    expect(answer.status).toBe(400);
    await expectSound(relay, "b8");
  });

  test("B8: a small body that decodes to a large one is refused at the limit", async () => {
    const relay = await relays[mode];
    const body = gzipSync(Buffer.alloc(64 * 2 ** 20, "\n"));
    const answer = await relay.request("PUT", "/metrics/job/b8", {
      body,
      headers: { "Content-Encoding": "gzip" },
    });
    expect(answer.status).toBe(413);
    await expectSound(relay, "b8");
  });

  test("B8: ten thousand duplicates are one short answer", async () => {
    const relay = await relays[mode];
    const body = Array.from({ length: 10_000 }, (_, i) => `dup{i="${i % 5000}"} ${i}\n`).join("");
    const answer = await relay.push("/metrics/job/b8d", body);
    expect(answer.status).toBe(mode === "checked" ? 400 : 202);
    expect(answer.text.length).toBeLessThanOrEqual(300);
  });

  test.each([
    ["a body that breaks off", "Content-Length: 400\r\n\r\ncut_off 1\n"],
    ["a chunk that breaks off", "Transfer-Encoding: chunked\r\n\r\na\r\ncut_off 1\n\r\n20\r\ncut_"],
    ["a chunk without a size", "Transfer-Encoding: chunked\r\n\r\na\r\ncut_off 1\n\r\nzz\r\n"],
    ["chunks without an end", "Transfer-Encoding: chunked\r\n\r\na\r\ncut_off 1\n\r\n"],
  ])("B9: nothing of %s is stored or acknowledged", async (_what, rest) => {
    const relay = await relays[mode];
    const answer = await relay.cutOff(`PUT /metrics/job/b9 HTTP/1.1\r\nHost: r\r\n${rest}`);
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    expect(await expectSound(relay, "b9x")).not.toContain("cut_off");
  });

  test("B9: nothing of a gzip body that breaks off is stored, wherever it does", async () => {
    const relay = await relays[mode];
    const whole = gzipSync("cut_off 1\ncut_off_too 2\n");
    for (let length = 1; length < whole.length; length += 1) {
      const body = whole.subarray(0, length);
      const answer = await relay.request("PUT", "/metrics/job/b9", {
        body,
        headers: { "Content-Encoding": "gzip" },
      });
      expect(answer.status, `${length} of ${whole.length} bytes`).toBe(400);
    }
    expect(await expectSound(relay, "b9y")).not.toContain("cut_off");
  });

  test("B10: HELP that is not UTF-8 spoils no scrape", async () => {
    const relay = await relays[mode];
    await relay.push("/metrics/job/b10", Buffer.from("# HELP b10 caf\xe9\nb10 1\n", "latin1"));
    const view = await expectSound(relay, "b10h");
    // Where it is taken, what is not UTF-8 is replaced.
    expect(Buffer.from(view).toString()).toBe(view);
  });

  test("B10: two spellings of one boundary make no series twice", async () => {
    const relay = await relays[mode];
    const body =
      '# TYPE b10le histogram\nb10le_bucket{le="1"} 1\nb10le_bucket{le="1.0"} 1\nb10le_count 1\nb10le_sum 1\n';
    await relay.push("/metrics/job/b10", body);
    const lines = (await expectSound(relay, "b10b"))
      .split("\n")
      .filter((line) => !line.startsWith("#") && line !== "");
    const series = lines.map((line) => line.slice(0, line.lastIndexOf(" ")));
    expect(series.filter((each, i) => series.indexOf(each) !== i)).toEqual([]);
  });
});

test("B5: an error about base64 names what was sent", async () => {
  const relay = await relays.checked;
  const { status, text } = await relay.push("/metrics/job@base64/foo.bar", "a 1\n");
  expect([status, text]).toEqual([
    400,
    'invalid base64 encoding in job name "foo.bar": illegal base64 data at input byte 3\n',
  ]);
});

test("B6: sum and count of a gauge histogram stay with it", async () => {
  const relay = await relays.checked;
  await relay.push(
    "/metrics/job/b6",
    '# TYPE b6 gaugehistogram\nb6_bucket{le="1"} 2\nb6_gcount 3\nb6_gsum 4.5\n',
  );
  const lines = (await relay.view("raw")).split("\n").filter((line) => /^(?:# TYPE )?b6/.test(line));
  expect(lines).toEqual([
    "# TYPE b6 untyped",
    'b6_bucket{instance="",job="b6",le="1"} 2',
    'b6_bucket{instance="",job="b6",le="+Inf"} 3',
    'b6_sum{instance="",job="b6"} 4.5',
    'b6_count{instance="",job="b6"} 3',
  ]);
});

test("B11: what was acknowledged outlives kill -9", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-kill-"));
  const flags = [`--persistence.file=${join(folder, "data")}`, "--threads=1"];
  try {
    for (let i = 0; i < 3; i += 1) {
      await using relay = await startChildRelay(...flags);
      const { text } = await send(relay.port, "GET", "/metrics?view=raw");
      for (let before = 0; before < i; before += 1)
        expect(text).toContain(`kept{instance="",job="j${before}"} ${before}\n`);
      expect((await send(relay.port, "PUT", `/metrics/job/j${i}`, { body: `kept ${i}\n` })).status).toBe(200);
      relay.signal("SIGKILL");
      await relay.exited;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { connect, type Socket } from "node:net";
import type { Random } from "../../support/random.ts";
import { startRelay, type RunningRelay } from "../../node/server/running-relay.ts";
import { makeProtobufBody } from "../protobuf-bodies.ts";
import { readStrictText } from "../strict-text.ts";
import type { Target } from "../target.ts";
import { makeTextBody, textFragments } from "../text-bodies.ts";
import { mutateBytes, mutateTokens, tokensOf } from "../tokens.ts";

const PATHS = [
  ["/metrics/job/a", "/metrics/job/a/l/v", "/metrics/job@base64/YQ==", "/metrics/job/flink/x@base64/w7w="],
  ["/metrics", "/metrics?view=raw", "/metrics?name[]=up&job[]=a", '/metrics?match[]={job="a"}', "/-/ready"],
  [
    "/api/v1/metrics",
    "/api/v1/status",
    '/api/v1/explain?selector=up{a="b"}',
    "/",
    "/status",
    "/static/x",
    "/-/quit",
  ],
  [
    "/api/v1/outputs?match[]=up",
    "/api/v1/groups?match[]=up",
    "/api/v1/admin/wipe",
    "//metrics//job/a",
    "/metrics/job/",
  ],
]
  .flat()
  .map(tokensOf);
const WORDS = [
  "/",
  "//",
  "..",
  "%2F",
  "%00",
  "%",
  "?",
  "&",
  "=",
  "metrics",
  "job",
  "@base64",
  "[]",
  "match[]",
  "view",
  "raw",
];
const METHODS = ["PUT", "PUT", "POST", "POST", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "get", "PURGE"];
const HEADERS = [
  [
    "Content-Type: text/plain; version=0.0.4",
    "Content-Encoding: gzip",
    "Content-Encoding: zstd",
    "Expect: 100-continue",
  ],
  [
    "Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  ],
  [
    "Content-Type: application/openmetrics-text; version=1.0.0",
    "Accept-Encoding: gzip;q=0, zstd",
    "Accept: */*;q=0.1",
  ],
  [
    "Accept: application/openmetrics-text;version=1.0.0;escaping=dots",
    "X-Prometheus-Scrape-Timeout-Seconds: 1e9",
  ],
  ["Content-Encoding: snappy", "Content-Encoding: br", "Range: bytes=0-1", "Origin: http://x", "X: \u00ff"],
].flat();
const KEPT = 'witness_total{instance="w",job="witness",l="v"} 42';
const LONGEST_ANSWER_MS = 60_000;
/** In characters. */
const LONGEST_ERROR = 300;
/** So many requests are sent between two looks at the views. */
const BETWEEN_LOOKS = 50;

/** Requests over real sockets: each is answered, and none costs another group its values or the views their form. */
export function httpTarget(): Target {
  let started: Promise<RunningRelay> | undefined;
  let sent = 0;

  async function relayNow(): Promise<RunningRelay> {
    started ??= startRelay({ maxBodyBytes: 50_000, threads: 2 }).then(async (relay) => {
      await relay.push(
        "/metrics/job/witness/instance/w",
        '# TYPE witness_total counter\nwitness_total{l="v"} 42\n',
      );
      return relay;
    });
    return await started;
  }

  return {
    name: "http",
    make: makeRequest,
    async check(input) {
      const relay = await relayNow();
      checkAnswer(await exchange(relay.port, input));
      sent += 1;
      if (sent % BETWEEN_LOOKS !== 0) return;
      for (const view of ["merged", "raw"] as const) {
        const text = await relay.view(view);
        readStrictText(Buffer.from(text));
        if (!text.includes(KEPT)) throw new Error(`the witness is not in ${text}`);
      }
      const bug = relay.log.find((line) => line.includes("a bug in the relay"));
      if (bug !== undefined) throw new Error(bug);
      for (const path of ["/metrics/job/a", "/metrics/job/flink"]) await relay.request("DELETE", path);
    },
    async close() {
      await (await started)?.stop();
    },
  };
}

/** One request as it goes over the wire, which asks for the end of the connection. */
function makeRequest(random: Random): Uint8Array {
  const path = random.pick(PATHS);
  const target = (random.oneIn(3) ? mutateTokens(path, random, WORDS, PATHS) : path)
    .join("")
    .replaceAll(/[\r\n]/g, "");
  const body = random.oneIn(4) ? makeProtobufBody(random) : makeTextBody(random, textFragments);
  const headers = Array.from({ length: random.below(4) }, () => random.pick(HEADERS));
  const framing = random.oneIn(8)
    ? chunkedOf(body, random)
    : { header: `Content-Length: ${body.length}`, body };
  const head = [
    `${random.pick(METHODS)} ${target} HTTP/1.1`,
    "Host: relay",
    "Connection: close",
    ...headers,
    framing.header,
  ];
  const request = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), framing.body]);
  return random.oneIn(6) ? mutateBytes(request, random) : request;
}

function chunkedOf(body: Uint8Array, random: Random): { readonly header: string; readonly body: Uint8Array } {
  const pieces: Uint8Array[] = [];
  for (let pos = 0; pos < body.length;) {
    const piece = body.subarray(pos, pos + 1 + random.below(400));
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
    pos += piece.length;
  }
  return { header: "Transfer-Encoding: chunked", body: Buffer.concat([...pieces, Buffer.from("0\r\n\r\n")]) };
}

/** All that comes back until the relay closes. What breaks off is ended by the client, so that it need not wait. */
async function exchange(port: number, request: Uint8Array): Promise<Buffer> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const timer = setTimeout(
    () => socket.destroy(new Error(`no answer in ${LONGEST_ANSWER_MS} ms`)),
    LONGEST_ANSWER_MS,
  );
  try {
    return await answerOf(socket, request);
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(socket: Socket, request: Uint8Array): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let late: Error | undefined;
    socket
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("error", (error: NodeJS.ErrnoException) => {
        // A connection that is reset is an answer too.
        if (error.code === undefined) late = error;
      })
      .on("close", () => (late === undefined ? resolve(Buffer.concat(chunks)) : reject(late)))
      .end(request);
  });
}

function checkAnswer(answer: Buffer): void {
  const text = answer.toString("latin1").replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
  if (text === "") return;
  const [, status = ""] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
  if (!/^[234]/.test(status) && status !== "503" && status !== "501") {
    throw new Error(`it is answered ${text.slice(0, 500)}`);
  }
  if (!status.startsWith("4") || !/^content-type: text\/plain/im.test(text)) return;
  const body = Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1")
    .toString("utf8")
    .replace(/\n$/, "");
  // Conflicts with other groups are a list, as a Pushgateway tells them.
  if (body.length > LONGEST_ERROR || body.replaceAll("\n* ", " ").includes("\n")) {
    throw new Error(`this error is no line: ${body}`);
  }
}

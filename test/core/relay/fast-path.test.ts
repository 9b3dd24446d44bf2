import { Buffer } from "node:buffer";
import { array, assert, constantFrom, double, integer, oneof, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { ageSamples, flinkBody, processSample, taskSample } from "../../support/flink-body.ts";

const KEPT = `# HELP h about
# TYPE h histogram
h_bucket{le="1"} 3
h_bucket{le="+Inf"} 5
h_sum 2.5
h_count 5
# TYPE s summary
s{quantile="0.5"} 1
s_count 7
a{x="1",} 10
a{x="2",} 2.5e10
b NaN
`;
const FLEET = flinkBody(
  processSample("Status_JVM_CPU_Time", "tm1", "7.0E9"),
  taskSample("numRecordsIn", {}, "100.0"),
  taskSample("numRecordsIn", { subtask: 1 }, "200.0"),
  taskSample("currentInputWatermark", {}, "-9.223372036854776E18"),
  ...ageSamples({}, 1000),
);

/** What a relay shows after these pushes, and its answer to the last. */
function pushed(bodies: readonly (string | Uint8Array)[]): { view: string; answer: string | undefined } {
  const relay = createInMemoryRelay({ shards: 1, partitions: 1 });
  let answer: string | undefined;
  for (const body of bodies) {
    relay.advance(1000);
    answer = relay.push("/job/j", body)?.message;
  }
  return { view: relay.view("raw") + relay.view("merged"), answer };
}

/** The same samples under a text that no layout knows, so that only the full parse can read it. */
function unknown(body: string | Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from("# another text\n"), Buffer.from(body)]);
}

const number = oneof(
  double(),
  integer(),
  constantFrom("NaN", "+Inf", "-Inf", "Infinity", "1.0E7", "-1", "1e400", "0x1", "", "1 2", "-0", "1_0"),
);

test.each([
  ["kept", KEPT],
  ["fleet", FLEET],
])("other values in a known body of a %s group are read as by the full parse", (_kind, body) => {
  const lines = body.split("\n").slice(0, -1);
  const samples = lines.flatMap((line, i) => (line.startsWith("#") ? [] : [i]));
  assert(
    property(array(tuple(constantFrom(...samples), number), { maxLength: 4 }), (changes) => {
      const changed = [...lines];
      for (const [i, value] of changes) {
        changed[i] = `${changed[i]?.slice(0, changed[i].lastIndexOf(" "))} ${String(value)}`;
      }
      const text = `${changed.join("\n")}\n`;
      const known = pushed([body, text]);
      expect(known).toEqual({ ...pushed([body, unknown(text)]), answer: answerTo(text) });
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["kept", KEPT],
  ["fleet", FLEET],
])("a body of a %s group with any one byte changed is read as by the full parse", (_kind, body) => {
  const mutation = tuple(
    integer({ min: 0, max: body.length - 1 }),
    constantFrom(...'09.-+eEN \n\t,{}"\\#=_a\xff\0'.split("")),
  );
  assert(
    property(mutation, constantFrom("replace", "insert", "remove"), ([at, char], how) => {
      const bytes = Buffer.from(body);
      const middle = how === "remove" ? [] : [char.charCodeAt(0)];
      const changed = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(middle),
        bytes.subarray(how === "insert" ? at : at + 1),
      ]);
      const known = pushed([body, changed]);
      expect(known).toEqual({ ...pushed([body, unknown(changed)]), answer: answerTo(changed) });
    }),
    { numRuns: 600 },
  );
});

/** What somebody is told who has never pushed before. */
function answerTo(body: string | Uint8Array): string | undefined {
  return createInMemoryRelay().push("/job/j", body)?.message;
}

test("a known body may be longer or shorter than the one before", () => {
  const relay = createInMemoryRelay();
  for (const value of ["1", "123456789.5", "7", "-9.223372036854776E18", "0"]) {
    relay.push("/job/j", `a{x="1"} ${value}\nb 1\n`);
    expect(relay.view("raw")).toContain(`b{instance="",job="j"} 1\n`);
    expect(relay.view("raw")).toMatch(new RegExp(`^a\\{.*\\} ${value === "0" ? "0" : "[-0-9]"}`, "m"));
  }
});

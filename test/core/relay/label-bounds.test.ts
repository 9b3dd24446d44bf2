import { describe, expect, test } from "vitest";
import { flinkBody, processSample } from "../../support/flink-body.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

const BOUNDS = { maxLabels: 3, maxLabelNameLength: 8, maxLabelValueLength: 10, maxMetricNameLength: 20 };

describe("a push with a name or a label that is too large", () => {
  test.each([
    [
      "a metric name",
      "/job/a",
      "a_name_of_21_letters_ 1\n",
      'too_long: the metric name "a_name_of_21_letters_" has 21 characters, at most 20 are taken: raise --limit.metric-name-length',
    ],
    [
      "a label's name",
      "/job/a",
      'x{nine_char="v"} 1\n',
      'too_long: a series of "x": the label name "nine_char" has 9 characters, at most 8 are taken: raise --limit.label-name-length',
    ],
    [
      "a label's value",
      "/job/a",
      'y 1\nx{l="elevenchars"} 1\n',
      'too_long: a series of "x": the value of label "l" has 11 characters, at most 10 are taken: raise --limit.label-value-length',
    ],
    [
      "the labels of a series",
      "/job/a",
      'x{a="1",b="2",c="3"} 1\n',
      'too_many_labels: a series of "x" has 4 labels, at most 3 are taken: raise --limit.labels or push fewer',
    ],
    [
      "a value in the path",
      "/job/elevenchars",
      "x 1\n",
      'too_long: the grouping key: the value of label "job" has 11 characters, at most 10 are taken: raise --limit.label-value-length',
    ],
    [
      "the labels in the path",
      "/job/a/b/2/c/3/d/4",
      "",
      "too_many_labels: the grouping key has 4 labels, at most 3 are taken: raise --limit.labels or push fewer",
    ],
  ])("(%s) is refused by a line that names the flag, and leaves no trace", (_, path, body, want) => {
    const relay = createInMemoryRelay({ settings: BOUNDS });
    relay.push("/job/witness", "w 1\n");
    const before = relay.view("raw");
    const refusal = relay.push(path, body);
    expect(`${refusal?.code}: ${refusal?.message}`).toBe(want);
    expect(relay.view("raw")).toBe(before);
  });

  test("is refused in a fleet's group too, whose last push stays", () => {
    const relay = createInMemoryRelay({ settings: { maxLabelValueLength: 40 } });
    const path = "/job/flink0123456789abcdef0123456789abcdef";
    const body = flinkBody(processSample("Status_JVM_Threads_Count", "tm", 7));
    expect(relay.push(path.slice(0, 10), body)).toBeUndefined();
    const more = flinkBody(processSample("Status_JVM_Threads_Count", "t".repeat(41), 8));
    expect(relay.push(path.slice(0, 10), more)?.code).toBe("too_long");
    expect(relay.view("raw").match(/^flink_.*/gm)).toEqual([expect.stringMatching(/tm_id="tm"\} 7$/)]);
  });
});

test("what is as large as it may be is taken; a label of both path and body counts once", () => {
  const relay = createInMemoryRelay({ settings: BOUNDS });
  expect(
    relay.push("/job/ten_chars_", 'name_of_20_letters__{job="x",eight_ch="ten_chars_",b="2"} 1\n'),
  ).toBeUndefined();
});

import { describe, expect, test } from "vitest";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

const POST = { method: "POST" } as const;

describe.each([1, 3])("over %i shards, a series that another group shows", (shards) => {
  test.each([
    [
      "a label of the body is one of the other key",
      "/job/j/x/1",
      'm{y="2"} 1\n',
      "/job/j",
      'm{x="1",y="2"} 1\n',
    ],
    ["a label of the key is one of the other body", "/job/j", 'm{x="1"} 1\n', "/job/j/x/1", "m 1\n"],
    ["each key has a label of the other body", "/job/j/x/1", 'm{y="2"} 1\n', "/job/j/y/2", 'm{x="1"} 1\n'],
    ["an empty label stands in one key", "/job/j/instance/", "m 1\n", "/job/j", "m 1\n"],
    ["it is one of many", "/job/j/x/1", "m 1\n", "/job/j", 'a 1\nm{x="0"} 1\nm{x="1"} 1\nm{x="2"} 1\n'],
    [
      "of a histogram",
      "/job/j/x/1",
      '# TYPE m histogram\nm_bucket{le="1"} 1\nm_count 1\n',
      "/job/j",
      '# TYPE m histogram\nm_bucket{x="1",le="5"} 1\nm_count{x="1"} 1\n',
    ],
  ])("is refused: %s", (_what, path, body, otherPath, otherBody) => {
    const relay = createInMemoryRelay({ shards });
    expect(relay.push(path, body)).toBeUndefined();
    const before = relay.view("raw");
    const refusal = relay.push(otherPath, otherBody);
    expect(refusal?.code).toBe("inconsistent");
    expect(refusal?.message).toMatch(
      /^pushed metrics are invalid or inconsistent with existing metrics: collected metric "m" "\{.*\}" was collected before with the same name and label values, in the group /,
    );
    expect(
      relay
        .view("raw")
        .split("\n")
        .filter((line) => line.startsWith("m")),
    ).toEqual(before.split("\n").filter((line) => line.startsWith("m")));
    relay.delete(path);
    expect(relay.push(otherPath, otherBody)).toBeUndefined();
  });

  test.each([
    ["another value", "/job/j/x/1", "m 1\n", "/job/j", 'm{x="2"} 1\n'],
    ["another label beside it", "/job/j/x/1", 'm{y="1"} 1\n', "/job/j", 'm{x="1",y="2"} 1\n'],
    ["another family", "/job/j/x/1", "n 1\n", "/job/j", 'm{x="1"} 1\n'],
    ["another job", "/job/k/x/1", "m 1\n", "/job/j", 'm{x="1"} 1\n'],
  ])("is not what has %s", (_what, path, body, otherPath, otherBody) => {
    const relay = createInMemoryRelay({ shards });
    expect([relay.push(path, body), relay.push(otherPath, otherBody)]).toEqual([undefined, undefined]);
  });

  test("is free when the other group shows it no more", () => {
    const relay = createInMemoryRelay({ shards });
    relay.push("/job/j/x/1", "m 1\nn 1\n");
    relay.push("/job/j/x/1", 'm{y="1"} 1\n', POST);
    expect(relay.push("/job/j", 'm{x="1"} 1\n')).toBeUndefined();
    expect(relay.push("/job/j", 'n{x="1"} 1\n', POST)).toMatchObject({ code: "inconsistent" });
  });

  test("is refused to a group that has pushed before", () => {
    const relay = createInMemoryRelay({ shards });
    relay.push("/job/j", "m 1\n");
    relay.push("/job/j/x/1", "m 1\n");
    expect(relay.push("/job/j", 'm{x="1"} 1\n')).toMatchObject({ code: "inconsistent" });
    expect(relay.push("/job/j", "m 2\n")).toBeUndefined();
  });
});

test("where nothing is checked both are taken, and one is shown", () => {
  const relay = createInMemoryRelay({ settings: { consistencyCheck: false } });
  expect([relay.push("/job/j/x/1", "m 1\n"), relay.push("/job/j", 'm{x="1"} 2\n')]).toEqual([
    undefined,
    undefined,
  ]);
  expect(relay.view("raw").match(/^m\{.*$/gm)).toHaveLength(1);
});

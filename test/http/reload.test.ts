import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

test.each(["PUT", "POST"])(
  "%s /-/reload needs --web.enable-lifecycle, as on a Pushgateway",
  async (method) => {
    const answer = await createFakeRelay().request(method, "/-/reload");
    expect([answer.status, await answer.text()]).toEqual([403, "Lifecycle API is not enabled."]);
  },
);

test.each<[string[], number, string]>([
  [[], 200, ""],
  [["s.yaml:1:1: no"], 500, "the configuration is as it was: s.yaml:1:1: no\n"],
  [["a", "b", "c"], 500, "the configuration is as it was: a (and 2 more, in the log)\n"],
])("errors %j are answered %d", async (errors, status, text) => {
  const relay = createFakeRelay({ reload: () => Promise.resolve(errors) });
  const answer = await relay.request("POST", "/-/reload");
  expect([answer.status, await answer.text()]).toEqual([status, text]);
});

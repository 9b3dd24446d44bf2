import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, test } from "vitest";
import { createLogger } from "../../../src/node/logging.ts";
import { createTee } from "../../../src/node/tee/tee.ts";

/** As much of a request as is looked at. */
function requestFor(path: string): PassThrough & IncomingMessage {
  const request = { method: "PUT", url: path, headers: {}, rawHeaders: [], aborted: false };
  return Object.assign(new PassThrough(), request) as unknown as PassThrough & IncomingMessage;
}

test("a body for which there is no room is let go of at once, and one that breaks off is not copied", async () => {
  const outcomes: string[] = [];
  const tee = createTee({
    url: new URL("http://127.0.0.1:9"),
    routePrefix: "",
    maxBodyBytes: 20_000,
    log: createLogger({ level: "error", format: "json", write() {} }),
    onOutcome: (outcome) => outcomes.push(outcome),
    maxBytes: 10_000,
  });
  const large = requestFor("/metrics/job/large");
  tee.follow(large);
  large.write(Buffer.alloc(6_000));
  await expect.poll(() => tee.bytes()).toBe(6_000);
  large.end(Buffer.alloc(6_000));
  await finished(large);
  expect(outcomes).toEqual(["dropped"]);
  expect(tee.bytes()).toBe(0);

  const broken = requestFor("/metrics/job/broken");
  tee.follow(broken);
  broken.write("x ");
  await expect.poll(() => tee.bytes()).toBe(2);
  broken.destroy();
  await expect.poll(() => tee.bytes()).toBe(0);
  expect(outcomes).toEqual(["dropped"]);
  tee.close();
});

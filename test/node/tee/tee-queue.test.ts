import { expect, test } from "vitest";
import { type Copy, type TeeQueue, createTeeQueue } from "../../../src/node/tee/tee-queue.ts";

function copyOf(method: string, path: string, bytes = 0): Copy {
  return { method, path, headers: [], body: new Uint8Array(bytes) };
}

/** What it gives out until nothing is left, one at a time. */
function drained(queue: TeeQueue): string[] {
  const sent: string[] = [];
  for (let copy = queue.next(); copy !== undefined; copy = queue.next()) {
    sent.push(`${copy.method} ${copy.path} ${copy.body.length}`);
    queue.done(copy);
  }
  return sent;
}

test("copies go out in the order in which they came", () => {
  const queue = createTeeQueue(1e6);
  for (const path of ["/b", "/a", "/c"]) queue.add(copyOf("PUT", path));
  expect(drained(queue)).toEqual(["PUT /b 0", "PUT /a 0", "PUT /c 0"]);
});

test.each([
  ["a PUT", "PUT"],
  ["a DELETE", "DELETE"],
])("%s takes the place of all that waits of its path", (_what, method) => {
  const queue = createTeeQueue(1e6);
  expect(queue.add(copyOf("PUT", "/a", 1))).toBe(0);
  expect(queue.add(copyOf("POST", "/a", 2))).toBe(0);
  expect(queue.add(copyOf("PUT", "/b", 3))).toBe(0);
  expect(queue.add(copyOf(method, "/a", 4))).toBe(2);
  expect(drained(queue)).toEqual([`${method} /a 4`, "PUT /b 3"]);
  expect(queue.bytes()).toBe(0);
});

test("a POST takes no place, for it adds to what was there", () => {
  const queue = createTeeQueue(1e6);
  queue.add(copyOf("PUT", "/a", 1));
  queue.add(copyOf("POST", "/a", 2));
  expect(drained(queue)).toEqual(["PUT /a 1", "POST /a 2"]);
});

test("of one path the second waits until the first is done, others do not", () => {
  const queue = createTeeQueue(1e6);
  queue.add(copyOf("PUT", "/a", 1));
  const first = queue.next();
  queue.add(copyOf("PUT", "/a", 2));
  queue.add(copyOf("PUT", "/b", 3));
  expect(queue.next()?.path).toBe("/b");
  expect(queue.next()).toBeUndefined();
  queue.done(first ?? copyOf("", ""));
  expect(queue.next()?.body).toHaveLength(2);
});

test("what finds no room is not taken, and what waits stays", () => {
  const queue = createTeeQueue(10_000);
  expect(queue.add(copyOf("PUT", "/a", 5_000))).toBe(0);
  expect(queue.add(copyOf("PUT", "/b", 5_000))).toBeUndefined();
  expect(queue.add(copyOf("PUT", "/a", 9_500))).toBeUndefined();
  expect(queue.reserve(4_000)).toBe(false);
  expect(queue.add(copyOf("PUT", "/a", 8_000))).toBe(1);
  expect(drained(queue)).toEqual(["PUT /a 8000"]);
  expect(queue.bytes()).toBe(0);
});

test("what is under way takes room until it is done", () => {
  const queue = createTeeQueue(10_000);
  queue.add(copyOf("PUT", "/a", 5_000));
  const first = queue.next();
  expect(queue.add(copyOf("PUT", "/b", 5_000))).toBeUndefined();
  queue.done(first ?? copyOf("", ""));
  expect(queue.add(copyOf("PUT", "/b", 5_000))).toBe(0);
});

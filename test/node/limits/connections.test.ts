import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createConnections } from "../../../src/node/limits/connections.ts";

class FakeConnection extends EventEmitter {
  isOpen = true;
  destroy(): void {
    this.isOpen = false;
    this.emit("close");
  }
}

function fakeAnswer(headersSent = false): ServerResponse {
  return Object.assign(new EventEmitter(), { headersSent }) as unknown as ServerResponse;
}

function open(n: number): FakeConnection[] {
  return Array.from({ length: n }, () => new FakeConnection());
}

test("one too many closes that on which nothing has been asked for longest, never one with a request", () => {
  let evicted = 0;
  const connections = createConnections(3, () => (evicted += 1));
  const [busy, asked, silent, fourth, fifth, sixth] = open(6);
  for (const each of [busy, asked, silent]) connections.add(each!);
  connections.note(busy!, fakeAnswer());
  const answer = fakeAnswer();
  connections.note(asked!, answer);
  answer.emit("close");

  connections.add(fourth!);
  expect([busy, asked, silent, fourth].map((each) => each?.isOpen)).toEqual([true, true, false, true]);
  connections.add(fifth!);
  expect([busy, asked, fourth, fifth].map((each) => each?.isOpen)).toEqual([true, false, true, true]);
  expect(evicted).toBe(2);

  fourth!.destroy();
  connections.add(sixth!);
  expect(sixth?.isOpen).toBe(true);
});

test("where all are busy the new one goes", () => {
  const connections = createConnections(1, () => {});
  const [busy, late] = open(2);
  connections.add(busy!);
  connections.note(busy!, fakeAnswer());
  connections.add(late!);
  expect([busy?.isOpen, late?.isOpen]).toEqual([true, false]);
});

test("it is known where an answer has begun", () => {
  const connections = createConnections(9, () => {});
  const [one, other] = open(2);
  for (const each of [one, other]) connections.add(each!);
  const answer = fakeAnswer(true);
  connections.note(one!, answer);
  connections.note(other!, fakeAnswer(false));
  expect([one, other].map((each) => connections.isAnswering(each!))).toEqual([true, false]);
  answer.emit("close");
  expect(connections.isAnswering(one!)).toBe(false);
});

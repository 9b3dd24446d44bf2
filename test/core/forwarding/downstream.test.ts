import { expect, test } from "vitest";
import { createDownstream, type Downstream } from "../../../src/core/forwarding/downstream.ts";

/** A forward from one relay to the other, and its answer. Returns whether it was taken. */
function forward(from: Downstream, to: Downstream): boolean {
  const [sender = ""] = from.relays();
  if (to.refuse(sender) !== undefined) return false;
  from.note(to.relays());
  return true;
}

test("a chain is taken at each step, and each relay knows what is behind it", () => {
  const [a, b, c] = [createDownstream("a"), createDownstream("b"), createDownstream("c")];
  expect([forward(b, c), forward(a, b)]).toEqual([true, true]);
  expect([a.relays(), b.relays()]).toEqual([
    ["a", "b", "c"],
    ["b", "c"],
  ]);
});

test("a relay takes nothing from itself", () => {
  const a = createDownstream("a");
  expect(forward(a, a)).toBe(false);
});

test("a circle of three is open from the second round on, and stays so", () => {
  const [a, b, c] = [createDownstream("a"), createDownstream("b"), createDownstream("c")];
  const round = (): boolean[] => [forward(a, b), forward(b, c), forward(c, a)];
  expect(round()).toEqual([true, true, true]);
  for (let i = 0; i < 4; i += 1) expect(round()).toEqual([true, false, false]);
});

test("a receiver that forwards no more is taken from again", () => {
  const [a, b] = [createDownstream("a"), createDownstream("b")];
  forward(a, b);
  expect(forward(b, a)).toBe(false);
  a.note([]);
  expect(forward(b, a)).toBe(true);
});

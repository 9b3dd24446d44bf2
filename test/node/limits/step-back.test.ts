import { expect, test } from "vitest";
import { createStepBack } from "../../../src/node/limits/step-back.ts";

test("who is refused waits until all pushes that were taken are done", async () => {
  const stepBack = createStepBack();
  const done: string[] = [];
  stepBack.enter();
  stepBack.enter();
  const waits = ["a", "b"].map(async (name) => {
    await stepBack.wait();
    done.push(name);
  });
  stepBack.leave();
  await Promise.resolve();
  done.push("one is done");
  stepBack.leave();
  await Promise.all(waits);
  expect(done).toEqual(["one is done", "a", "b"]);
});

test("but no longer than a second, and not at all where none is taken", async () => {
  const stepBack = createStepBack();
  await stepBack.wait();
  stepBack.enter();
  await stepBack.wait();
  stepBack.leave();
});

import { describe, expect, test } from "vitest";
import { createPasswordCheck, type VerifyPassword } from "../../../src/node/web-config/passwords.ts";

const users = new Map([
  ["alice", "hash of red"],
  ["bob", "hash of blue"],
]);

/** Notes what is verified; it takes as long as the test wants. */
function recordingVerify() {
  const verified: string[] = [];
  const verify: VerifyPassword = async (password, hash) => {
    verified.push(`${password} by ${hash}`);
    await Promise.resolve();
    return hash === `hash of ${password}`;
  };
  return { verified, verify };
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

test("a right password is verified once, and then let through at once", async () => {
  const { verify, verified } = recordingVerify();
  const check = createPasswordCheck(verify);
  expect(await check(users, basic("alice:red"))).toBe("known");
  expect(check(users, basic("alice:red"))).toBe("known");
  expect(verified).toEqual(["red by hash of red"]);
});

test("many at once with the same password wait for one verification", async () => {
  const { verify, verified } = recordingVerify();
  const check = createPasswordCheck(verify);
  const verdicts = await Promise.all(
    Array.from({ length: 200 }, async () => await check(users, basic("alice:red"))),
  );
  expect(new Set(verdicts)).toEqual(new Set(["known"]));
  expect(verified).toHaveLength(1);
});

test("a wrong password and an unknown user cost a verification each time", async () => {
  const { verify, verified } = recordingVerify();
  const check = createPasswordCheck(verify);
  for (const given of ["alice:blue", "carol:red", "alice:blue", "carol:red"]) {
    expect(await check(users, basic(given))).toBe("unknown");
  }
  expect(verified).toEqual([
    "blue by hash of red",
    "red by hash of red",
    "blue by hash of red",
    "red by hash of red",
  ]);
});

test("a changed hash makes the old password wrong at once", async () => {
  const check = createPasswordCheck(recordingVerify().verify);
  expect(await check(users, basic("alice:red"))).toBe("known");
  const changed = new Map([["alice", "hash of green"]]);
  expect(await check(changed, basic("alice:red"))).toBe("unknown");
  expect(await check(changed, basic("alice:green"))).toBe("known");
  expect(await check(new Map([["bob", "hash of blue"]]), basic("alice:green"))).toBe("unknown");
});

test("a flood of guesses is sent away, and holds up nobody who has been let in before", async () => {
  const { promise: held, resolve: finish } = Promise.withResolvers<void>();
  let isHeld = false;
  const check = createPasswordCheck(async (password, hash) => {
    if (isHeld) await held;
    return hash === `hash of ${password}`;
  });
  await check(users, basic("alice:red"));
  isHeld = true;
  const guesses = Array.from({ length: 101 }, (_, i) => check(users, basic(`alice:${i}`)));
  expect(guesses.at(-1)).toBe("busy");
  expect(check(users, basic("alice:red"))).toBe("known");
  finish();
  expect(await guesses[0]).toBe("unknown");
});

describe("headers", () => {
  test.each([
    ["basic YWxpY2U6cmVk", "known"],
    ["BASIC  YWxpY2U6cmVk", "known"],
    [undefined, "unknown"],
    ["", "unknown"],
    ["Bearer YWxpY2U6cmVk", "unknown"],
    ["Basic", "unknown"],
    ["Basic alice:red", "unknown"],
    [basic("alice"), "unknown"],
    [basic(":red"), "unknown"],
  ])("%s", async (header, verdict) => {
    expect(await createPasswordCheck(recordingVerify().verify)(users, header)).toBe(verdict);
  });

  test("a password may hold colons, and letters of any script", async () => {
    const check = createPasswordCheck(recordingVerify().verify);
    const own = new Map([["ü", "hash of a:b:ß"]]);
    expect(await check(own, basic("ü:a:b:ß"))).toBe("known");
  });
});

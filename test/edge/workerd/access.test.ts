import { describe, expect, test } from "vitest";
import type { CaseRequest } from "../../conformance/cases.ts";
import { send } from "./send.ts";

const PUSH = "push-token-0123456789";
const READ = "read-token-0123456789";
const ADMIN = "admin-token-012345678";

const shut = { SLUICE_OPEN: "false" };
const guarded = {
  ...shut,
  SLUICE_PUSH_TOKEN: PUSH,
  SLUICE_READ_TOKEN: READ,
  SLUICE_ADMIN_TOKEN: ADMIN,
};

const deeds: Readonly<Record<string, CaseRequest>> = {
  push: { method: "PUT", path: "/metrics/job/a", body: "x 1\n" },
  remove: { method: "DELETE", path: "/metrics/job/a" },
  scrape: { method: "GET", path: "/metrics" },
  list: { method: "GET", path: "/api/v1/metrics" },
  wipe: { method: "PUT", path: "/api/v1/admin/wipe" },
  undo: { method: "DELETE", path: "/api/v1/outputs?match[]=x" },
};
const DONE: ReadonlySet<number> = new Set([200, 202]);

async function may(token: string, how: (request: CaseRequest) => CaseRequest): Promise<string[]> {
  const done: string[] = [];
  for (const [deed, request] of Object.entries(deeds)) {
    const { status, text } = await send(how(request), guarded);
    expect(text).not.toContain(token);
    if (DONE.has(status)) done.push(deed);
    else expect(status).toBe(401);
  }
  return done;
}

describe.each([
  ["a bearer", (token: string) => withHeader(`Bearer ${token}`)],
  ["a password", (token: string) => withHeader(`Basic ${btoa(`anybody:${token}`)}`)],
  [
    "the first segment of the path",
    (token: string) => (request: CaseRequest) => ({ ...request, path: `/${token}${request.path}` }),
  ],
])("a token as %s", (_what, how) => {
  test.each([
    ["push", PUSH, ["push", "remove"]],
    ["read", READ, ["scrape", "list"]],
    ["admin", ADMIN, Object.keys(deeds)],
    ["unknown", "unknown-token-0123456", []],
  ])("%s", async (_name, token, allowed) => {
    expect(await may(token, how(token))).toEqual(allowed);
  });
});

function withHeader(value: string) {
  return (request: CaseRequest): CaseRequest => ({ ...request, headers: { Authorization: value } });
}

test("without tokens nothing is open but the probes, and the answer says which secret is missing", async () => {
  for (const request of Object.values(deeds)) expect((await send(request, shut)).status).toBe(403);
  const { text } = await send(deeds["push"]!, shut);
  expect(text).toBe(
    "nobody may push here: set the secret SLUICE_PUSH_TOKEN (npx wrangler secret put SLUICE_PUSH_TOKEN)\n",
  );
  expect((await send({ method: "GET", path: "/-/ready" }, shut)).status).toBe(200);
});

test("a site that is set up wrongly says all that is wrong, and no secret", async () => {
  const { status, text } = await send(deeds["scrape"]!, {
    SLUICE_STALENESS: "soon",
    SLUICE_PUSH_TOKEN: "short",
    SLUICE_COLOUR: "red",
  });
  expect(status).toBe(500);
  expect(text).toContain("SLUICE_STALENESS: expected auto, never or a duration above 0 such as 90s");
  expect(text).toContain("SLUICE_PUSH_TOKEN: expected 16 or more");
  expect(text).toContain("SLUICE_COLOUR: there is no such variable");
  expect(text).not.toContain("short");
});

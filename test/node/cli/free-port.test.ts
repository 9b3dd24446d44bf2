import { createServer } from "node:net";
import { expect, test } from "vitest";
import { firstFreePort } from "../../../src/node/cli/free-port.ts";
import { listenAnywhere } from "../replay/listen-anywhere.ts";

test("a port that is taken is passed over", async () => {
  const taken = createServer();
  const port = await listenAnywhere(taken);
  expect(await firstFreePort("127.0.0.1", port)).toBeGreaterThan(port);
  taken.close();
});

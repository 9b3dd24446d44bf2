import { test } from "vitest";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";
import { killAgainAndAgain } from "../support/kill-loop.ts";

test("a relay that is killed under load sixty times has all that it acknowledged, and nothing goes backwards", async () => {
  using folder = temporaryFolder();
  await killAgainAndAgain(folder.path, 60);
});

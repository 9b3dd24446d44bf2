import { test } from "vitest";
import { killAgainAndAgain } from "../../support/kill-loop.ts";
import { temporaryFolder } from "../storage/temporary-folder.ts";

test("a relay that is killed under load ten times has all that it acknowledged, and nothing goes backwards", async () => {
  using folder = temporaryFolder();
  await killAgainAndAgain(folder.path, 10);
}, 120_000);

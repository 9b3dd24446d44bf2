import { createCommitGate, newGateMemory } from "../../../src/node/storage/commit-gate.ts";
import { createSqliteStore } from "../../../src/node/storage/sqlite-store.ts";
import { openStorageFolder } from "../../../src/node/storage/storage-folder.ts";
import { storeContract } from "../../core/shard/store-contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

storeContract("SQLite", () => {
  const folder = temporaryFolder();
  const opened = openStorageFolder(folder.path, 64);
  const gate = createCommitGate(newGateMemory());
  return {
    open: () => createSqliteStore(opened.database, gate),
    [Symbol.dispose]() {
      opened.close();
      folder[Symbol.dispose]();
    },
  };
});

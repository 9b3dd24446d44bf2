import { env, runInDurableObject } from "cloudflare:test";
import { objectSqlite } from "../../../src/edge/object-sqlite.ts";
import type { ObjectStorage } from "../../../src/edge/object-state.ts";
import { partitionStub } from "../../../src/edge/env.ts";
import { ensureSchema } from "../../../src/platform/storage/schema.ts";
import { createTableStore } from "../../../src/platform/storage/table-store.ts";
import { storeContract } from "../../core/shard/store-contract.ts";

let storage: ObjectStorage | undefined;

storeContract(
  "The SQLite of a Durable Object",
  () => {
    if (storage === undefined) throw new Error("there is no object around this test");
    const sqlite = objectSqlite(storage);
    for (const table of ["meta", "images", "log"]) sqlite.exec(`DROP TABLE IF EXISTS ${table}`);
    ensureSchema(sqlite, "the store", 64);
    return {
      open: () => createTableStore(sqlite, "the store", () => {}),
      [Symbol.dispose]() {
        // The next test begins by dropping the tables.
      },
    };
  },
  (work) =>
    runInDurableObject(partitionStub(env, 0), (_object, state) => {
      ({ storage } = state);
      work();
    }),
);

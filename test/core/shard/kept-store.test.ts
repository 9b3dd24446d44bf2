import { createKeptStore } from "../../support/kept-store.ts";
import { storeContract } from "./store-contract.ts";

storeContract("the store of these tests", () => {
  const store = createKeptStore();
  return { open: () => store, [Symbol.dispose]() {} };
});

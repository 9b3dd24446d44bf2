import { readFileSync } from "node:fs";
import type { LayoutTextModule } from "../core/layout-text/wasm-keeper.ts";

/** As much of it as is used here: neither ECMAScript's types nor Node's have it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const FILE = new URL("../wasm/layout-text.wasm", import.meta.url);

/** A module with memory of its own: one for each thread. */
export function loadLayoutTextModule(): LayoutTextModule {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(FILE)));
  // Compiled of src/wasm/layout-text.ts, whose exports the interface repeats.
  return exports as LayoutTextModule;
}

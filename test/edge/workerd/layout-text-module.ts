import type { LayoutTextModule } from "../../../src/core/layout-text/wasm-keeper.ts";
import layoutText from "../../../src/wasm/layout-text.wasm";

/** What stands in for the loader of Node's, for workerd has no files and compiles what is imported. */
export function loadLayoutTextModule(): LayoutTextModule {
  const { exports } = new WebAssembly.Instance(layoutText, {});
  // Compiled of src/wasm/layout-text.ts, whose exports the interface repeats.
  return exports as unknown as LayoutTextModule;
}

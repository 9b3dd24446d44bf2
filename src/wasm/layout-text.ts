/**
 * AssemblyScript: the text of layouts, and how it is recognised in a body (`src/core/layout-text/wasm-keeper.ts` says
 * for what). `npm run build:wasm` makes layout-text.wasm of it.
 *
 * A layout is a list of pieces of text (`layout.ts`), each held once however many layouts have it (`pieces.ts`): names are
 * the same in a whole fleet, and one block serves some dozen lines of a body. `scan.ts` makes the layout of a body that
 * nobody knows.
 */
export { bodyFor, restAt, valuesFor } from "./buffers";
export { keep, read, release } from "./layout";
export { scan, scanned } from "./scan";

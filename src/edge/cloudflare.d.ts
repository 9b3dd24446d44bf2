/** As much of the platform's own modules as is used here. */
declare module "cloudflare:workers" {
  import type { ObjectStorage } from "./object-state.ts";

  /** Of the request that is being answered: its answer need not wait for that work. */
  export function waitUntil(work: Promise<unknown>): void;

  interface ObjectState {
    readonly storage: ObjectStorage;
    /** No other event is delivered until it settles. Where it rejects, the object is reset. */
    blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
    /** Ends the object now; the next event finds another one, with what was stored. */
    abort(reason: string): void;
  }

  export abstract class DurableObject<Env> {
    protected readonly ctx: ObjectState;
    protected readonly env: Env;
    constructor(ctx: ObjectState, env: Env);
  }
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.yml" {
  const text: string;
  export default text;
}

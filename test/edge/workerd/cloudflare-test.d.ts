/** As much of the tests' own module as is used here; its package is installed by `npm run test:edge`. */
declare module "cloudflare:test" {
  import type { Env } from "../../../src/edge/env.ts";
  import type { ObjectStorage } from "../../../src/edge/object-state.ts";

  /** The site under test, which runs beside the tests. */
  export const SELF: { fetch(url: string, init?: RequestInit): Promise<Response> };
  export const env: Env;
  /** Rings the alarm of an object now. False where none is set. */
  export function runDurableObjectAlarm(stub: unknown): Promise<boolean>;
  export function runInDurableObject<T>(
    stub: unknown,
    work: (object: unknown, state: { readonly storage: ObjectStorage }) => T | Promise<T>,
  ): Promise<T>;
  /** Ends all objects as the platform does with idle ones. */
  export function evictAllDurableObjects(): Promise<void>;
  /** Ends all objects in the middle of what they do. */
  export function abortAllDurableObjects(): Promise<void>;
  /** Deletes what all objects have stored. */
  export function reset(): Promise<void>;
}

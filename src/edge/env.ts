import type { ObjectNamespace } from "./object-state.ts";
import type { PartitionPort, RegistryPort } from "./ports.ts";

/** What wrangler.toml binds. Variables and secrets stand beside it as texts, by the names of `options.ts`. */
export interface Env {
  readonly PARTITIONS: ObjectNamespace<PartitionPort>;
  readonly REGISTRY: ObjectNamespace<RegistryPort>;
  readonly [variable: string]: unknown;
}

/** A stub does not outlive an error of its object, so nobody keeps one. */
export function partitionStub(env: Env, partition: number): PartitionPort {
  return env.PARTITIONS.getByName(`partition ${partition}`);
}

export function registryStub(env: Env): RegistryPort {
  return env.REGISTRY.getByName("registry");
}

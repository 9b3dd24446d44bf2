import type { LoadGenerator, LoadResult, RunLimits } from "./load-generator.ts";
import type { ServerProcess } from "./server-process.ts";

/** One round of one candidate. */
export interface Round {
  readonly pushesPerSecond: number;
  /** Processor time of the server's process tree. */
  readonly cpuMsPerPush: number;
  readonly p99Ms: number;
  readonly loadCpuMsPerPush: number;
}

export interface Candidate {
  readonly server: ServerProcess;
  readonly rounds: Round[];
  /** For each source the number of the last push that was acknowledged here. */
  readonly acked: number[];
}

export function createCandidate(server: ServerProcess, sources: number): Candidate {
  return { server, rounds: [], acked: Array.from({ length: sources }, () => 0) };
}

/** Pushes for a while and notes what was acknowledged. A refused push ends the bench: its rate would be no rate. */
export async function load(
  generator: LoadGenerator,
  { server, acked }: Candidate,
  limits: RunLimits,
): Promise<LoadResult> {
  const result = await generator.run(server.port, limits);
  if (result.refused > 0)
    throw new Error(`${server.name} has refused ${result.refused} pushes: ${result.firstRefusal}`);
  for (const [i, push] of result.acked.entries()) if (push > 0) acked[i] = push;
  return result;
}

export async function measureRound(
  generator: LoadGenerator,
  candidate: Candidate,
  limits: RunLimits,
): Promise<void> {
  const { server, rounds } = candidate;
  const cpuBeforeMs = await server.cpuMs();
  const { pushes, seconds, p99Ms, cpuSeconds } = await load(generator, candidate, limits);
  const cpuMs = (await server.cpuMs()) - cpuBeforeMs;
  rounds.push({
    pushesPerSecond: pushes / seconds,
    cpuMsPerPush: cpuMs / pushes,
    p99Ms,
    loadCpuMsPerPush: (cpuSeconds * 1000) / pushes,
  });
}

import type { Head } from "./load-file.ts";
import type { LoadGenerator, LoadResult, RunLimits } from "./load-generator.ts";
import type { Kind } from "./servers.ts";
import type { ServerProcess } from "./server-process.ts";

const MOST_LAPS = 10;

/** One round of one candidate. */
export interface Round {
  /** Acknowledged ones. */
  readonly pushes: number;
  readonly refused: number;
  readonly unsent: number;
  readonly pushesPerSecond: number;
  /** Processor time of the server's process tree. */
  readonly cpuMsPerPush: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly loadCpuMsPerPush: number;
}

export interface Candidate {
  readonly name: string;
  readonly head: Head;
  readonly server: ServerProcess;
  readonly rounds: Round[];
  /** For each source the number of the last push that was acknowledged here. */
  readonly acked: number[];
}

/** A kind that could not be started, and why. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** Starts all of them, one after the other, and stops them all in the end. Peers that cannot be started are left out. */
export async function withCandidates<T>(
  kinds: readonly Kind[],
  sources: number,
  use: (candidates: readonly Candidate[], missing: readonly Missing[]) => Promise<T>,
): Promise<T> {
  const candidates: Candidate[] = [];
  const missing: Missing[] = [];
  try {
    for (const kind of kinds) {
      try {
        candidates.push(createCandidate(kind, await kind.start(), sources));
      } catch (error) {
        if (!kind.isPeer) throw error;
        missing.push({ name: kind.name, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return await use(candidates, missing);
  } finally {
    await Promise.all(candidates.map(({ server }) => server.stop()));
  }
}

function createCandidate({ name, head }: Kind, server: ServerProcess, sources: number): Candidate {
  return { name, head, server, rounds: [], acked: Array.from({ length: sources }, () => 0) };
}

/** Pushes for a while and notes what was acknowledged. Rejects where nothing was. */
export async function load(
  generator: LoadGenerator,
  { name, head, server, acked }: Candidate,
  limits: Omit<RunLimits, "head">,
): Promise<LoadResult> {
  const result = await generator.run(server.port, { ...limits, head });
  if (result.pushes === 0) throw new Error(`${name} has refused all pushes: ${result.firstRefusal}`);
  for (const [i, push] of result.acked.entries()) if (push > 0) acked[i] = push;
  return result;
}

/** Pushes until every source has been acknowledged once: a relay that is overtaxed may refuse some at first. */
export async function loadEach(
  generator: LoadGenerator,
  candidate: Candidate,
  connections: number,
): Promise<void> {
  const reached = new Set<number>();
  let refusal = "";
  for (let lap = 0; lap < MOST_LAPS; lap += 1) {
    const { acked, firstRefusal } = await load(generator, candidate, { connections, seconds: 300, laps: 1 });
    for (const [i, push] of acked.entries()) if (push > 0) reached.add(i);
    if (reached.size === acked.length) return;
    refusal = firstRefusal;
  }
  throw new Error(`${candidate.name} has refused some sources ${MOST_LAPS} times: ${refusal}`);
}

export async function measureRound(
  generator: LoadGenerator,
  candidate: Candidate,
  limits: Omit<RunLimits, "head">,
): Promise<Round> {
  const { server, rounds } = candidate;
  const cpuBeforeMs = await server.cpuMs();
  const { pushes, refused, unsent, seconds, p50Ms, p99Ms, maxMs, cpuSeconds } = await load(
    generator,
    candidate,
    limits,
  );
  const cpuMs = (await server.cpuMs()) - cpuBeforeMs;
  const round: Round = {
    pushes,
    refused,
    unsent,
    pushesPerSecond: pushes / seconds,
    cpuMsPerPush: cpuMs / pushes,
    p50Ms,
    p99Ms,
    maxMs,
    loadCpuMsPerPush: (cpuSeconds * 1000) / pushes,
  };
  rounds.push(round);
  return round;
}

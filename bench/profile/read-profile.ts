import { readFile } from "node:fs/promises";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** What `--cpu-prof` writes: Chrome's format. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of a clock that never jumps, the same as process.hrtime(). */
  readonly startTime: number;
  /** The node that ran at each sample, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A function, and for how long it ran itself. */
export interface FunctionTime {
  readonly name: string;
  /** From the root of the repository, or as Node names its own; empty for what is no JavaScript. */
  readonly file: string;
  readonly line: number;
  readonly selfUs: number;
}

/** What one thread did. */
export interface ThreadTimes {
  readonly functions: readonly FunctionTime[];
  readonly idleUs: number;
}

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

const ROOT = new URL("../../", import.meta.url).href;
/** Waiting, as the profiler sees it: for events, and in a thread of piscina for its next task. */
const IDLE: ReadonlySet<string> = new Set(["(idle)", "atomicsWaitLoop"]);

/** The times of the functions of one thread within a window. */
export async function readProfile(path: string, window: Window): Promise<ThreadTimes> {
  const profile = JSON.parse(await readFile(path, "utf8")) as CpuProfile;
  const selfOf = selfTimes(profile, window);
  const callers = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node])));
  const times = new Map<string, FunctionTime>();
  let idleUs = 0;
  for (const node of profile.nodes) {
    const selfUs = selfOf.get(node.id);
    if (selfUs === undefined) continue;
    if (IDLE.has(node.callFrame.functionName)) {
      idleUs += selfUs;
      continue;
    }
    const place = placeOf(node, callers);
    const key = `${place.name} ${place.file}:${place.line}`;
    times.set(key, { ...place, selfUs: selfUs + (times.get(key)?.selfUs ?? 0) });
  }
  return { idleUs, functions: [...times.values()] };
}

function selfTimes(profile: CpuProfile, { fromUs, toUs }: Window): ReadonlyMap<number, number> {
  const selfOf = new Map<number, number>();
  let at = profile.startTime;
  for (const [i, node] of profile.samples.entries()) {
    at += profile.timeDeltas[i] ?? 0;
    // The time until the next sample is taken for this one's.
    const until = profile.timeDeltas[i + 1] ?? 0;
    if (at >= fromUs && at < toUs) selfOf.set(node, (selfOf.get(node) ?? 0) + until);
  }
  return selfOf;
}

/** A function that is not JavaScript is told by the first JavaScript that called it. */
function placeOf(node: ProfileNode, callers: ReadonlyMap<number, ProfileNode>): Omit<FunctionTime, "selfUs"> {
  const { functionName, url, lineNumber } = node.callFrame;
  const name = functionName === "" ? "(anonymous)" : functionName;
  const caller = callers.get(node.id);
  if (url !== "" || /^\((program|garbage collector|root)\)$/.test(name) || caller === undefined)
    return { name, file: shortFile(url), line: lineNumber + 1 };
  const place = placeOf(caller, callers);
  return { ...place, name: functionName === "" ? `native of ${place.name}` : `${name} of ${place.name}` };
}

function shortFile(url: string): string {
  const [, packageFile] = url.split("/node_modules/");
  return packageFile ?? (url.startsWith(ROOT) ? url.slice(ROOT.length) : url);
}

import type { FunctionTime, ThreadTimes } from "./read-profile.ts";

/** The functions of a kind of thread that take the most, and the files, in microseconds for each piece of work. */
export function renderThreads(
  title: string,
  threads: readonly ThreadTimes[],
  { count, top }: { count: number; top: number },
): string {
  const functions = threads.flatMap((thread) => thread.functions);
  const busyUs = sum(functions);
  const idleUs = threads.reduce((total, thread) => total + thread.idleUs, 0);
  const busyPercent = ((100 * busyUs) / (busyUs + idleUs)).toFixed(0);
  return [
    `${title}: busy ${busyPercent} % of the time, ${(busyUs / count).toFixed(0)} µs each`,
    "",
    ...table(byName(functions, ({ name, file, line }) => `${name}  ${file === "" ? "" : `${file}:${line}`}`)),
    "",
    ...table(byName(functions, ({ name, file }) => (file === "" ? name : file))),
    "",
  ].join("\n");

  function table(lines: readonly (readonly [name: string, us: number])[]): readonly string[] {
    return lines
      .slice(0, top)
      .map(([name, us]) => `${cell(us / count, 0, 8)} µs ${cell((100 * us) / busyUs, 1, 5)} %  ${name}`);
  }
}

function byName(
  functions: readonly FunctionTime[],
  nameOf: (each: FunctionTime) => string,
): readonly (readonly [name: string, us: number])[] {
  const groups = Map.groupBy(functions, nameOf);
  return [...groups].map(([name, of]) => [name, sum(of)] as const).toSorted(([, a], [, b]) => b - a);
}

function sum(functions: readonly FunctionTime[]): number {
  return functions.reduce((total, { selfUs }) => total + selfUs, 0);
}

function cell(value: number, digits: number, width: number): string {
  return value.toFixed(digits).padStart(width);
}

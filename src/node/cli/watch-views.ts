import { setTimeout as delay } from "node:timers/promises";

const EVERY_MS = 5000;
const COUNTER = "flink_taskmanager_job_task_numRecordsOut";
const PER_PROCESS = "flink_taskmanager_Status_JVM_CPU_Time";

/** Scrapes both views of a relay every five seconds and prints what a reader should compare. */
export async function watchViews(
  relay: URL,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await delay(EVERY_MS, undefined, { signal });
      const merged = await scrape(new URL("/metrics", relay), signal);
      const raw = await scrape(new URL("/metrics?view=raw", relay), signal);
      print(compareViews(merged, raw));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function scrape(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  return response.text();
}

/** One line about two expositions of the same relay. */
export function compareViews(merged: string, raw: string): string {
  const processes = valuesOf(merged, PER_PROCESS).length;
  return `            ${processes} TaskManagers; numRecordsOut: merged ${sumOf(merged)}, raw ${sumOf(raw)}`;
}

function sumOf(exposition: string): string {
  const values = valuesOf(exposition, COUNTER);
  const sum = values.reduce((total, value) => total + value, 0);
  return `${sum.toLocaleString("en")} (${values.length} series)`;
}

function valuesOf(exposition: string, family: string): number[] {
  const lines = exposition.split("\n").filter((line) => line.startsWith(`${family}{`));
  return lines.map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));
}

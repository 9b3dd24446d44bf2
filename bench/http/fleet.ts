import type { TemplateLine } from "./flink-template.ts";
import { digitsOf, readTemplate } from "./flink-template.ts";

/** Task slots of one TaskManager: the recorded one had two subtasks of each task. */
const SLOTS = 8;
/** So that the number of each subtask has four digits, and all bodies one length. */
const FIRST_SUBTASK = 1000;

/** A sample whose value rises with every push. */
export interface MovingSample {
  /** The line up to and with the blank before its value. */
  readonly text: string;
  readonly name: string;
  /** The value of push 0, which is never sent. */
  readonly value: string;
  readonly step: number;
  /** Where its rising digits end in the body. */
  readonly digitsEnd: number;
}

/** A TaskManager that pushes. */
export interface FleetSource {
  readonly path: string;
  readonly tmId: string;
  readonly body: string;
  readonly series: number;
  readonly moving: readonly MovingSample[];
}

/** Some TaskManagers of one Flink cluster, which share one job between them. */
export async function createFleet(sources: number): Promise<readonly FleetSource[]> {
  const template = await readTemplate();
  return Array.from({ length: sources }, (_, i) => createSource(template, i));
}

function createSource(template: readonly TemplateLine[], number: number): FleetSource {
  const ids = {
    tmId: `flink_session_cluster_taskmanager_1_${pad(number, 4)}`,
    host: `10_42_${pad(number, 4)}_17`,
  };
  const lines = template.flatMap((line) => multiply(line, number * SLOTS)).map((line) => withIds(line, ids));
  const parts: string[] = [];
  const moving: MovingSample[] = [];
  let at = 0;
  for (const { text, value, step } of lines) {
    if (value !== undefined && step > 0) {
      const name = text.slice(0, text.indexOf("{"));
      moving.push({ text, name, value, step, digitsEnd: at + text.length + digitsOf(value).length });
    }
    const line = `${text}${value ?? ""}\n`;
    parts.push(line);
    at += line.length;
  }
  return {
    path: `/metrics/job/flink${pad(number, 32)}/cluster/bench/env/test`,
    tmId: ids.tmId,
    body: parts.join(""),
    series: lines.filter(({ value }) => value !== undefined).length,
    moving,
  };
}

/** A line of a subtask once for each slot, all others as they are. */
function multiply(line: TemplateLine, firstOfSource: number): TemplateLine[] {
  const recorded = /subtask_index="(\d+)"/.exec(line.text)?.[1];
  if (recorded === undefined) return [line];
  // The recorded subtasks are 2 and 3; each stands for every second slot.
  const first = FIRST_SUBTASK + firstOfSource + (Number(recorded) % 2);
  return Array.from({ length: SLOTS / 2 }, (_, k) => {
    const subtask = String(first + 2 * k);
    const text = line.text
      .replace(/subtask_index="\d+"/, `subtask_index="${subtask}"`)
      .replace(/(task_attempt_id="\w+)_\d+_(\d+)"/, `$1_${subtask}_$2"`);
    return { ...line, text };
  });
}

function withIds(line: TemplateLine, { tmId, host }: { tmId: string; host: string }): TemplateLine {
  if (line.value === undefined) return line;
  const text = line.text.replace(/tm_id="\w*"/, `tm_id="${tmId}"`).replace(/host="\w*"/, `host="${host}"`);
  return { ...line, text };
}

/** What a sample says in push number `push` of its source. */
export function valueAt({ value, step }: MovingSample, push: number): number {
  const digits = digitsOf(value);
  const point = digits.indexOf(".");
  const risen = (BigInt(digits.replace(".", "")) + BigInt(step) * BigInt(push)).toString();
  const whole = risen.padStart(digits.length - (point === -1 ? 0 : 1), "0");
  const text = point === -1 ? whole : `${whole.slice(0, point)}.${whole.slice(point)}`;
  return Number(text + value.slice(digits.length));
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, "0");
}

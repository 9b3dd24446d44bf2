import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** A push of a recording: who pushed, and what. */
export interface CapturedPush {
  readonly path: string;
  readonly body: string;
}

export function capturedPushes(version: "1.20.3" | "2.3.0"): CapturedPush[] {
  const file = new URL(`../../../fixtures/captures/flink-${version}.jsonl.gz`, import.meta.url);
  return gunzipSync(readFileSync(file))
    .toString()
    .split("\n")
    .filter((line) => line.includes('"method":"PUT"'))
    .map((line) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a fixture; its README has the format
      return JSON.parse(line) as CapturedPush;
    });
}

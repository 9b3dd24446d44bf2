import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type CaptureLine, parseCaptureLine } from "./capture.ts";

/** The lines of a capture file, plain or gzipped (by its name), without ever holding all of it. */
export async function* readCapture(file: string): AsyncGenerator<CaptureLine> {
  let line = 0;
  for await (const text of linesOf(openCapture(file))) {
    line++;
    if (text !== "") yield parseCaptureLine(text, line);
  }
}

function openCapture(file: string): Readable {
  const stored = createReadStream(file);
  if (!file.endsWith(".gz")) return stored;
  // An error of either stream ends the other and reaches whoever iterates over the result.
  return pipeline(stored, createGunzip(), () => {});
}

/** node:readline would do, but it does not pass on the errors of its input. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

import { Buffer } from "node:buffer";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FleetSource } from "./fleet.ts";

/**
 * The heads that a source can push with, in the order of the file: as Flink's client pushes to a Pushgateway, and
 * to the import of VictoriaMetrics.
 */
export const HEADS = ["push", "import"] as const;
export type Head = (typeof HEADS)[number];

/**
 * Writes the sources as load.c reads them, in the byte order of the machine: how many there are, and how many
 * heads each has; for each the bytes of these heads, of its body and its rising digits, these digits (where they
 * end, what they rise by), heads and body, filled up to four bytes.
 */
export async function writeLoadFile(file: string, fleet: readonly FleetSource[]): Promise<void> {
  await pipeline(encode(fleet), createWriteStream(file));
}

function* encode(fleet: readonly FleetSource[]): Iterable<Uint8Array> {
  yield words([fleet.length, HEADS.length]);
  for (const { path, body } of fleet) {
    const { text, rising } = body();
    const bytes = Buffer.from(text);
    const heads = HEADS.map((head) => Buffer.from(headText(requestLine(head, path), bytes.length)));
    yield words([...heads.map(({ length }) => length), bytes.length, rising.length]);
    yield words(rising.flatMap(({ end, step }) => [end, step]));
    const request = Buffer.concat([...heads, bytes]);
    yield request;
    yield new Uint8Array((4 - (request.length % 4)) % 4);
  }
}

function requestLine(head: Head, path: string): string {
  if (head === "push") return `PUT ${path}`;
  const [, , ...segments] = path.split("/");
  const labels = segments.flatMap((name, i) =>
    i % 2 === 0 ? [`extra_label=${name}=${segments[i + 1]}`] : [],
  );
  return `POST /api/v1/import/prometheus?${labels.join("&")}`;
}

function headText(request: string, bodyBytes: number): string {
  return (
    `${request} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Java\r\n` +
    `Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ${bodyBytes}\r\n\r\n`
  );
}

function words(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

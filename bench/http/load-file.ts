import { Buffer } from "node:buffer";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FleetSource } from "./fleet.ts";

/**
 * Writes the sources as load.c reads them, in the byte order of the machine: how many there are, and for
 * each the bytes of its request head, of its body and its moving values, these values (where their digits
 * end, what they rise by), head and body, filled up to four bytes.
 */
export async function writeLoadFile(file: string, fleet: readonly FleetSource[]): Promise<void> {
  await pipeline(encode(fleet), createWriteStream(file));
}

function* encode(fleet: readonly FleetSource[]): Iterable<Uint8Array> {
  yield words([fleet.length]);
  for (const { path, body, moving } of fleet) {
    const bytes = Buffer.from(body);
    const head = Buffer.from(
      `PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Java\r\n` +
        `Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    );
    yield words([head.length, bytes.length, moving.length]);
    yield words(moving.flatMap(({ digitsEnd, step }) => [digitsEnd, step]));
    yield head;
    yield bytes;
    yield new Uint8Array((4 - ((head.length + bytes.length) % 4)) % 4);
  }
}

function words(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

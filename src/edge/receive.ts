import { Readable } from "node:stream";
import type { Received } from "../http/relay.ts";
import type { BodyMemory, PlacedBody } from "../platform/body-coding/body-sink.ts";
import { BROKEN, createBodySink, overloaded, tooLarge } from "../platform/body-coding/body-sink.ts";
import { contentCoding, isZstd } from "../platform/body-coding/content-coding.ts";
import { decodeBody } from "../platform/body-coding/decode-body.ts";

/** How much there may be of bodies at once. */
export interface BodyRoom {
  take(this: void, bytes: number): boolean;
  give(this: void, bytes: number): void;
}

type ReceivedBody = Received<PlacedBody<ArrayBuffer>>;
type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Of a body whose length nobody has said. */
const FIRST_BYTES = 64 * 1024;
const BOUND = "--limit.inflight-bytes";

/** Reads the body of a push, decompressed, up to a bound. Who gets it gives the room for its memory back. */
export async function receiveBody(
  request: Request,
  maxBodyBytes: number,
  room: BodyRoom,
): Promise<ReceivedBody> {
  const declared = request.headers.get("Content-Length");
  if (Number(declared) > maxBodyBytes) return tooLarge(maxBodyBytes);
  const header = request.headers.get("Content-Encoding") ?? undefined;
  const coding = contentCoding(header);
  const memory = memoryIn(room);
  const body = request.body ?? new Blob([]).stream();
  if (coding !== undefined) return await decodeBody(Readable.from(body), coding, memory, maxBodyBytes);
  const received =
    declared === null
      ? await readBounded(body, memory, maxBodyBytes)
      : await readDeclared(request, Number(declared), room);
  if (!received.ok || header !== undefined || !isZstd(received.body.bytes)) return received;
  const { bytes, memory: taken } = received.body;
  const decoded = await decodeBody(
    Readable.from([Buffer.from(taken, 0, bytes.length)]),
    "zstd",
    memory,
    maxBodyBytes,
  );
  memory.give(taken);
  return decoded;
}

function memoryIn({ take, give }: BodyRoom): BodyMemory<ArrayBuffer> {
  return {
    take: (bytes) => (take(bytes) ? new ArrayBuffer(bytes) : BOUND),
    give: ({ byteLength }) => give(byteLength),
  };
}

async function readDeclared(request: Request, length: number, room: BodyRoom): Promise<ReceivedBody> {
  if (!room.take(length)) return overloaded(BOUND);
  try {
    const memory = await request.arrayBuffer();
    if (memory.byteLength === length) return { ok: true, body: { bytes: new Uint8Array(memory), memory } };
  } catch {
    // The client has gone.
  }
  room.give(length);
  return BROKEN;
}

async function readBounded(
  stream: Stream,
  memory: BodyMemory<ArrayBuffer>,
  maxBodyBytes: number,
): Promise<ReceivedBody> {
  const sink = createBodySink(Math.min(FIRST_BYTES, maxBodyBytes), memory, maxBodyBytes);
  if ("ok" in sink) return sink;
  try {
    for await (const chunk of stream) {
      const failed = sink.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      if (failed === undefined) continue;
      sink.drop();
      return failed;
    }
  } catch {
    sink.drop();
    return BROKEN;
  }
  return { ok: true, body: sink.finish() };
}

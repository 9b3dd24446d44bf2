import { Readable } from "node:stream";
import type { Received } from "../http/relay.ts";
import { BROKEN, createBodySink, tooLarge } from "../platform/body-coding/body-sink.ts";
import type { BodyMemory } from "../platform/body-coding/body-sink.ts";
import { contentCoding, isZstd } from "../platform/body-coding/content-coding.ts";
import { decodeBody } from "../platform/body-coding/decode-body.ts";

/** A body that has arrived whole. */
interface ReadBody {
  readonly bytes: Uint8Array;
}

/** An isolate's memory is bounded by the platform, which answers for it. */
const memory: BodyMemory<ArrayBuffer> = {
  take: (byteLength) => new ArrayBuffer(byteLength),
  give() {
    // The collector has it.
  },
};

/** Reads the body of a push, decompressed, up to a bound. */
export async function receiveBody(request: Request, maxBodyBytes: number): Promise<Received<ReadBody>> {
  const declared = request.headers.get("Content-Length");
  if (Number(declared) > maxBodyBytes) return tooLarge(maxBodyBytes);
  const header = request.headers.get("Content-Encoding") ?? undefined;
  const coding = contentCoding(header);
  const { body } = request;
  if (coding !== undefined) return await decode(body ?? new Blob([]).stream(), coding, maxBodyBytes);
  if (body === null) return { ok: true, body: { bytes: new Uint8Array() } };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    if (declared === null) {
      const received = await readBounded(body, maxBodyBytes);
      if (!received.ok) return received;
      ({ bytes } = received);
    } else bytes = new Uint8Array(await request.arrayBuffer());
  } catch {
    return BROKEN;
  }
  if (declared !== null && bytes.length !== Number(declared)) return BROKEN;
  if (header !== undefined || !isZstd(bytes)) return { ok: true, body: { bytes } };
  return await decode(new Blob([bytes]).stream(), "zstd", maxBodyBytes);
}

async function decode(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  coding: NonNullable<ReturnType<typeof contentCoding>>,
  maxBodyBytes: number,
): Promise<Received<ReadBody>> {
  const source = Readable.from(stream);
  return await decodeBody(source, coding, memory, maxBodyBytes);
}

type Bounded =
  | Exclude<Received<ReadBody>, { ok: true }>
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> };

/** A body whose length nobody has said. */
async function readBounded(stream: ReadableStream<Uint8Array>, maxBodyBytes: number): Promise<Bounded> {
  const sink = createBodySink(Math.min(FIRST_BYTES, maxBodyBytes), memory, maxBodyBytes);
  if ("ok" in sink) return sink;
  for await (const chunk of stream) {
    const failed = sink.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (failed !== undefined) return failed;
  }
  return { ok: true, bytes: sink.finish().bytes };
}

const FIRST_BYTES = 64 * 1024;

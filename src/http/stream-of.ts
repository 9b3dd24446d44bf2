/** Pulled piece by piece, so that a slow scraper holds no more than one of them in a socket's buffer. */
export function streamOf(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(owned(next.value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** A stream keeps what it is given: a copy of what is lent. */
export function owned(piece: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = piece;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, length) : Uint8Array.from(piece);
}

/** The bytes of all, in their order. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let pos = 0;
  for (const chunk of chunks) {
    whole.set(chunk, pos);
    pos += chunk.length;
  }
  return whole;
}

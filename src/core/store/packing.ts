/**
 * How plain data becomes bytes and comes back: null, undefined, booleans, numbers (the sign of a zero may be
 * lost), strings, arrays, plain objects, Maps, Sets, Uint8Arrays, Float64Arrays. Node and workerd both fill it
 * with msgpackr.
 */
export interface Packing {
  pack(value: unknown): Uint8Array<ArrayBuffer>;
  /** Uint8Arrays in it may share memory with `bytes`. Throws where `bytes` are not what `pack` makes. */
  unpack(bytes: Uint8Array): unknown;
}

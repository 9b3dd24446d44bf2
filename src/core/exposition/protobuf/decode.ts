import { ExpositionError } from "../exposition-error.ts";

/** Runs a decoder of the library's. Whatever it throws is an error of the body, in the words of protobuf-go. */
export function decode<T>(read: () => T, otherwise = "proto: cannot parse invalid wire-format data"): T {
  try {
    return read();
  } catch (error) {
    // The text decoder's, the only one of its kind.
    const message = error instanceof TypeError ? "proto: a string contains invalid UTF-8" : otherwise;
    throw new ExpositionError(message, { cause: error });
  }
}

import { isScalar, type Node } from "yaml";

export type JsonSchema = { readonly [keyword: string]: unknown };

/** One value of the file that is to be read. */
export interface Place {
  /** The key that it stands under: what errors call it. */
  readonly name: string;
  /** Null where nothing stands behind the key. Never an alias. */
  readonly node: Node | null;
  /** Where it stands in the file, in characters. */
  readonly at: number;
}

export interface Reader {
  /** Notes what is wrong at a place of the file. Reading goes on, so that everything is told at once. */
  report(at: number, message: string): void;
  /** What an alias stands for; any other node as it is. */
  resolve(node: unknown): Node | null;
  /** The text of a node as it stands in the file. */
  source(node: Node): string;
}

/**
 * What may stand at one place of the file. Reading and the published schema come from the same object, so
 * an editor and the relay agree about it.
 */
export interface Shape<T> {
  readonly schema: JsonSchema;
  /** Undefined where something is wrong, which has been reported. */
  read(place: Place, reader: Reader): T | undefined;
}

/** The start of a node, or of its key where there is none. */
export function startOf(node: Node | null, otherwise: number): number {
  return node?.range?.[0] ?? otherwise;
}

/** Whether there is a key with nothing behind it, as where all entries are commented out. */
export function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

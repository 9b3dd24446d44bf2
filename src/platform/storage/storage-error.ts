/** A folder that cannot be used: one line that says which, why, and what to do. The operator's to mend. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

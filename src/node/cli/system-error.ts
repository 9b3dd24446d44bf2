/** Whether the machine refused something (a file, a port, a broken archive), as opposed to a bug of ours. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && "errno" in error && typeof error.code === "string";
}

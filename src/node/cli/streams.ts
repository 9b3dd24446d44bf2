/** Where a command writes, and how it learns that it should end. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly stopped: AbortSignal;
  /** Calls at each SIGHUP, which otherwise ends the process. */
  readonly onHangup?: (listener: () => void) => void;
}

export function printErrors({ err }: Streams, errors: readonly string[]): void {
  for (const error of errors) err(`sluice: ${error}\n`);
}

export async function untilStopped({ stopped }: Streams): Promise<void> {
  if (stopped.aborted) return;
  await new Promise((resolve) => {
    stopped.addEventListener("abort", resolve, { once: true });
  });
}

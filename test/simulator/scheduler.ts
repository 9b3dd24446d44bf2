/** One thing that may happen next. */
export interface Action {
  readonly what: string;
  /** How likely it is, against the others. */
  readonly weight: number;
  do(): void | Promise<void>;
}

/** Lets everything happen that needs nothing but what has happened: promises that settle, and what waits for them. */
export async function settle(): Promise<void> {
  // Body streams take another turn.
  for (let i = 0; i < 2; i += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

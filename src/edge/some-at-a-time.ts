/** The results in the order of the items. Where one rejects, no more are begun. */
export async function someAtATime<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  let isOver = false;
  async function workThrough(): Promise<void> {
    for (const [i, item] of left) {
      if (isOver) return;
      results[i] = await work(item);
    }
  }
  try {
    await Promise.all(Array.from({ length: most }, workThrough));
  } finally {
    isOver = true;
  }
  return results;
}

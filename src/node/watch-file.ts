import { readFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname } from "node:path";

/** Editors write a file in steps. */
const SETTLED_MS = 200;

export interface FileWatch {
  close(): void;
}

/**
 * Tells when a file says something else than before. Its folder is watched: editors put another file in its
 * place, and Kubernetes another folder, behind a link. What cannot be read has not changed.
 */
export async function watchFile(
  path: string,
  onChange: () => void,
  onError: (error: Error) => void,
): Promise<FileWatch> {
  let known = await textOf(path);
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const text = await textOf(path);
    if (text === undefined || text === known) return;
    known = text;
    onChange();
  }

  const watcher = watch(dirname(path), () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLED_MS);
  });
  watcher.on("error", onError);
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(() => undefined);
}

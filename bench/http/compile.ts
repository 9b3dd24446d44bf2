import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** Compiles a program of this folder's parent into `folder`. Rejects with a message for the user where there is no compiler. */
export async function compile(name: "load" | "scrape", folder: string): Promise<string> {
  const source = new URL(`../${name}.c`, import.meta.url).pathname;
  const program = join(folder, name);
  try {
    await promisify(execFile)("cc", ["-O2", "-o", program, source]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error(
        "no C compiler: the load generator needs one as `cc` (Debian: apt install gcc libc6-dev)",
        { cause: error },
      );
    throw error;
  }
  return program;
}

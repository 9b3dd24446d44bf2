import { execFileSync } from "node:child_process";

/** The version of a package that is installed, or that apt would bring; undefined where there is neither. */
export function debianVersion(name: string): string | undefined {
  return (
    say("dpkg-query", "-W", "-f", "${Version}", name) ??
    /^Version: (.+)$/m.exec(say("apt-cache", "show", "--no-all-versions", name) ?? "")?.[1]
  );
}

function say(program: string, ...args: readonly string[]): string | undefined {
  try {
    const text = execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

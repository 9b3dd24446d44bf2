import { stat } from "node:fs/promises";
import type { ReadYaml } from "../../platform/config-file/read-yaml.ts";
import type { Logger } from "../logging.ts";
import { readWebConfig } from "./read-web-config.ts";
import { asksForCertificate } from "./secure-server.ts";
import { WebConfigError } from "./web-config-error.ts";
import type { WebConfig } from "./web-config.ts";
import { emptyWebConfig } from "./web-config.ts";

/** exporter-toolkit reads its file for every request; so soon a changed password counts here. */
const LOOK_EVERY_MS = 1000;

export interface WebConfigWatch {
  current(): WebConfig;
  /** Begins to look at the files. `apply` puts a changed configuration in force. */
  start(apply: (config: WebConfig) => void): void;
  close(): void;
}

export interface WebConfigWatchDeps {
  /** Empty where there is no file. */
  readonly path: string;
  readonly log: Logger;
  /** Told of the end of each reading. */
  readonly onOutcome: (succeeded: boolean) => void;
}

/**
 * The web configuration in force: that of the file, and of the certificates that it names, as they were when
 * everything was last right with them. Throws a WebConfigError where something is wrong at the start.
 */
export async function openWebConfig({ path, log, onOutcome }: WebConfigWatchDeps): Promise<WebConfigWatch> {
  if (path === "") return { current: () => emptyWebConfig, start() {}, close() {} };
  let files: readonly string[] = [path];
  let seen = "";
  let isLooking = false;
  let timer: NodeJS.Timeout | undefined;

  /** The state is that before the reading: what changes meanwhile is seen the next time. */
  async function readAll(): Promise<ReadYaml<WebConfig>> {
    for (;;) {
      seen = await stateOf(files);
      const { read, files: named } = readWebConfig(path);
      // What a broken file no longer names may be what has to be mended.
      const all = read.ok ? named : [...new Set([...named, ...files])];
      if (all.join() === files.join()) return read;
      files = all;
    }
  }

  async function look(apply: (config: WebConfig) => void): Promise<void> {
    if ((await stateOf(files)) === seen) return;
    const read = await readAll();
    const errors = read.ok ? restartNeeded(current, read.config) : read.errors;
    onOutcome(errors.length === 0);
    for (const error of errors) log.error("the web configuration is as it was", { file: path, error });
    if (!read.ok || errors.length > 0) return;
    current = read.config;
    apply(current);
    log.info("web configuration reloaded", { file: path, users: current.users.size });
  }

  const first = await readAll();
  if (!first.ok) throw new WebConfigError(first.errors);
  onOutcome(true);
  let current = first.config;
  return {
    current: () => current,
    start(apply) {
      timer = setInterval(() => {
        if (isLooking) return;
        isLooking = true;
        look(apply)
          .catch((error: unknown) =>
            log.error("cannot look at the web configuration", { error: String(error) }),
          )
          .finally(() => {
            isLooking = false;
          });
      }, LOOK_EVERY_MS);
    },
    close: () => clearInterval(timer),
  };
}

/** What listeners cannot change while they listen. */
function restartNeeded(before: WebConfig, after: WebConfig): readonly string[] {
  const errors: string[] = [];
  if ((before.tls === undefined) !== (after.tls === undefined)) {
    errors.push("switching TLS on or off takes a restart");
  }
  if (before.tls === undefined || after.tls === undefined) return errors;
  if (before.http2 !== after.http2) errors.push("http2 takes a restart");
  if (asksForCertificate(before.tls) !== asksForCertificate(after.tls)) {
    errors.push("client_auth_type to or from NoClientCert takes a restart");
  }
  return errors;
}

/** Changes with what any of the files holds, and where a link among them leads elsewhere. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => undefined);
      return found === undefined ? "none" : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
    }),
  );
  return states.join(" ");
}

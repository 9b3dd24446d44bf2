import { join } from "node:path";
import { debianPrograms } from "../../test/support/debian-package.ts";
import type { Head } from "./load-file.ts";
import type { ServerProcess } from "./server-process.ts";
import { startServer } from "./server-process.ts";

const SLUICE = new URL("../../src/node/sluice.js", import.meta.url).pathname;
const BUILT = new URL("../../dist/src/node/sluice.js", import.meta.url).pathname;
const BARE = new URL("../bare-server.ts", import.meta.url).pathname;
const FROM_MEMORY = new URL("../memory-server.ts", import.meta.url).pathname;

/** Something that can be measured: how to start it, and how to push to it. */
export interface Kind {
  readonly name: string;
  readonly head: Head;
  /** Somebody else's program, which the machine may not have: its rows then say so. */
  readonly isPeer: boolean;
  start(): Promise<ServerProcess>;
}

export const bare: Kind = {
  name: "bare node:http server",
  head: "push",
  isPeer: false,
  start: () => startServer("bare node:http server", (port) => [process.execPath, BARE, String(port)]),
};

/** Sends what `url` says now, from memory: as it is, and with gzip. */
export function fromMemory(url: string): Promise<ServerProcess> {
  return startServer("from memory", (port) => [process.execPath, FROM_MEMORY, String(port), url]);
}

interface SluiceOptions {
  /** Without one all is kept in memory. */
  readonly folder?: string;
  /** Of Node, for profiles. */
  readonly nodeFlags?: readonly string[];
  /** As the published package has it, instead of the sources: somebody must have built it. */
  readonly isBuilt?: boolean;
}

export function sluice(name: string, options: SluiceOptions = {}): Kind {
  const { folder = "", nodeFlags = [], isBuilt = false } = options;
  return {
    name,
    head: "push",
    isPeer: false,
    start: () =>
      startServer(name, (port) => [
        process.execPath,
        ...nodeFlags,
        isBuilt ? BUILT : SLUICE,
        `--web.listen-address=127.0.0.1:${port}`,
        `--storage.path=${folder}`,
      ]),
  };
}

/** Debian's. With a file it begins with what that holds, and writes there when it is stopped. */
export function pushgateway(name: string, { check, file = "" }: { check: boolean; file?: string }): Kind {
  return {
    name,
    head: "push",
    isPeer: true,
    async start() {
      const folder = await debianPrograms("prometheus-pushgateway", "prometheus-pushgateway");
      return await startServer(name, (port) => [
        join(folder, "prometheus-pushgateway"),
        `--web.listen-address=127.0.0.1:${port}`,
        `--persistence.file=${file}`,
        "--persistence.interval=1h",
        ...(check ? [] : ["--push.disable-consistency-check"]),
      ]);
    },
  };
}

export function victoriaMetrics(folder: string): Kind {
  const name = "VictoriaMetrics, import";
  return {
    name,
    head: "import",
    isPeer: true,
    async start() {
      const programs = await debianPrograms("victoria-metrics", "victoria-metrics");
      return await startServer(name, (port) => [
        join(programs, "victoria-metrics"),
        `-httpListenAddr=127.0.0.1:${port}`,
        `-storageDataPath=${join(folder, "victoria-metrics")}`,
      ]);
    },
  };
}

/** It sends all that it takes on to a bare server, whose processor time is not counted. */
export function vmagent(folder: string): Kind {
  const name = "vmagent, import";
  return {
    name,
    head: "import",
    isPeer: true,
    async start() {
      const programs = await debianPrograms("victoria-metrics", "vmagent");
      const sink = await bare.start();
      const agent = await startServer(name, (port) => [
        join(programs, "vmagent"),
        `-httpListenAddr=127.0.0.1:${port}`,
        `-remoteWrite.url=http://127.0.0.1:${sink.port}/api/v1/write`,
        `-remoteWrite.tmpDataPath=${join(folder, "vmagent")}`,
      ]);
      return { ...agent, stop: async () => void (await Promise.all([agent.stop(), sink.stop()])) };
    },
  };
}

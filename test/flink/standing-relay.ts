import { firstFreePort } from "../../src/node/cli/free-port.ts";
import { type ChildRelay, startChildRelay } from "../node/server/child-relay.ts";
import { send } from "../node/server/running-relay.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";

/** A relay on one port and one folder, whichever process it is. */
export interface StandingRelay extends AsyncDisposable {
  readonly port: number;
  /** As kill -9 does. */
  kill(): Promise<void>;
  /** With flags besides its own. */
  start(...flags: readonly string[]): Promise<void>;
  /** The text of a scrape. */
  view(name: "merged" | "raw"): Promise<string>;
  /** The grouping keys of all groups. */
  groups(): Promise<Record<string, string>[]>;
}

export async function startStandingRelay(...flags: readonly string[]): Promise<StandingRelay> {
  const folder = temporaryFolder();
  const port = await firstFreePort("127.0.0.1", 19_200);
  let process: ChildRelay;

  async function start(...more: readonly string[]): Promise<void> {
    process = await startChildRelay(
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.path=${folder.path}`,
      "--threads=2",
      ...flags,
      ...more,
    );
  }

  async function ask(target: string): Promise<string> {
    const { status, text } = await send(port, "GET", target);
    if (status !== 200) throw new Error(`${target} was answered ${status}: ${text}`);
    return text;
  }

  await start();
  return {
    port,
    start,
    async kill() {
      process.signal("SIGKILL");
      await process.exited;
    },
    view: (name) => ask(`/metrics?view=${name}`),
    async groups() {
      const { data } = JSON.parse(await ask("/api/v1/metrics")) as {
        data: { labels: Record<string, string> }[];
      };
      return data.map(({ labels }) => labels);
    },
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

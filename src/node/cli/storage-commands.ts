import { PARTITIONS } from "../shard-threads.ts";
import { repairStorage } from "../storage/repair.ts";
import { snapshotStorage } from "../storage/snapshot.ts";
import { reasonOf } from "../../platform/storage/storage-error.ts";
import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { printErrors, type Streams } from "./streams.ts";

/** Copies the folder of a relay, which may run. */
export function runSnapshot(args: readonly string[], streams: Streams): number {
  return withFolders("snapshot", args, streams, (folder, target) => {
    snapshotStorage(folder, target);
    streams.out(
      `${folder} as it is now is in ${target}: start a relay on it with --storage.path=${target}\n`,
    );
    return OK;
  });
}

/** Saves what can be read of a damaged folder. The exit code is 1 if something is lost. */
export function runRepair(args: readonly string[], streams: Streams): number {
  return withFolders("repair", args, streams, (folder, target) => {
    const { saved, losses } = repairStorage(folder, target, PARTITIONS);
    streams.out(
      `${saved} partitions of ${folder} are in ${target}: start a relay on it with --storage.path=${target}\n`,
    );
    for (const loss of losses) streams.err(`sluice: lost: ${loss}\n`);
    return losses.length === 0 ? OK : FAILED;
  });
}

function withFolders(
  command: string,
  args: readonly string[],
  streams: Streams,
  run: (folder: string, target: string) => number,
): number {
  const [folder, target, ...more] = args;
  if (folder === undefined || target === undefined || more.length > 0 || folder.startsWith("-")) {
    printErrors(streams, [`usage: sluice ${command} <folder> <new folder>`]);
    return MISUSED;
  }
  try {
    return run(folder, target);
  } catch (error) {
    printErrors(streams, [reasonOf(error)]);
    return MISUSED;
  }
}

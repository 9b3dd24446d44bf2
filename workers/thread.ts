import { workerData } from "node:worker_threads";
import { createThreadHandler, openShard } from "../src/node/thread-handler.ts";
import type { ThreadData, ThreadHandler } from "../src/node/thread-handler.ts";

/** What a piscina thread runs: one shard, for as long as the thread lives. */
const handle: ThreadHandler = createThreadHandler(() => openShard(workerData as ThreadData));

export default handle;

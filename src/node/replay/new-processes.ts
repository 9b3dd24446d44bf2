import { createHash } from "node:crypto";
import type { RecordedRequest } from "./capture.ts";

/**
 * The ids that Flink draws anew: a job's for each submission, the first part of an attempt's for
 * each run of the job, and the suffix of the grouping job for each process. Task and operator ids
 * follow from the job graph and are the same in every submission, so they stay.
 */
const DRAWN_IN_BODY = /(\b(?:job_id|task_attempt_id)=")([\da-f]{32})/g;
const DRAWN_IN_PATH = /(\/job\/[^/]*?)([\da-f]{32})(?=\/|$)/;

/**
 * The request as another run of the same recording would have sent it: the same id becomes the same
 * new id wherever it stands, and each round has its own. Round 0 is the recording itself.
 */
export function asNewProcesses(request: RecordedRequest, round: number): RecordedRequest {
  if (round === 0) return request;
  const redraw = (_: string, before: string, id: string): string => before + drawnId(id, round);
  return {
    ...request,
    path: request.path.replace(DRAWN_IN_PATH, redraw),
    body: request.body.replaceAll(DRAWN_IN_BODY, redraw),
  };
}

/** A hash, so that no table has to remember what an id became. */
function drawnId(id: string, round: number): string {
  return createHash("md5").update(`${round}:${id}`).digest("hex");
}

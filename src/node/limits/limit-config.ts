import type { RoomBounds } from "../../core/partition/job-sizes.ts";
import type { LabelBounds } from "../../core/partition/oversize.ts";

/** What bounds everything that a client can let grow. `limit-options.ts` holds the row of each field. */
export interface LimitConfig extends LabelBounds, RoomBounds {
  /** Of the request line and all headers. */
  readonly maxHeaderBytes: number;
  /** As it comes, and as it decodes. */
  readonly maxBodyBytes: number;
  /** Over all bodies that are being received or wait for their thread. */
  readonly maxInflightBytes: number;
  readonly maxInflightRequests: number;
  /** Of the bodies of one thread. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingMs: number;
  /** From the first byte of a request to its last. */
  readonly maxRequestMs: number;
  readonly maxIdleMs: number;
  readonly maxConnections: number;
  readonly maxSeriesPerPush: number;
  readonly maxTombstonesPerSource: number;
}

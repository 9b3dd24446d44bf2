/** What one series of a body is expected to be in the raw view: `TYPE name{labels} value`, by its family. */
export type Shown = ReadonlyMap<string, string>;

/** A request that changes a group, on its way through the relay. */
export interface Operation {
  readonly id: number;
  readonly method: "PUT" | "POST" | "DELETE";
  /** Names the group. */
  readonly path: string;
  readonly body: string;
  /** What it shows, by family. */
  readonly shown: Shown;
  /** What the counters of a process stand at, by life. */
  readonly counts: ReadonlyMap<string, number>;
  /** The same bytes were sent before, so that it may be taken for a repeat. */
  readonly isRepeat: boolean;
  /** It may be at odds with what others push. */
  readonly mayConflict: boolean;
}

/** How much each row measures, and how long. A full run is done in a quarter of an hour, a quick one in about a minute. */
export interface Sizes {
  /** TaskManagers of most rows, a multiple of `connections`. */
  readonly sources: number;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly rounds: number;
  /** Of the rounds those in which the slow peers take part. */
  readonly peerRounds: number;
  readonly roundSeconds: number;
  /** The bodies of each restarted TaskManager. */
  readonly restarts: number;
  readonly coldRounds: number;
  /** TaskManagers behind the two sizes of a store that are compared, and how often. */
  readonly fewSources: number;
  readonly manySources: number;
  readonly storedRuns: number;
  readonly scrapes: number;
  readonly mixedRounds: number;
  readonly mixedSeconds: number;
  readonly memorySeconds: number;
  /** The longest wait until memory is given back: the relay does that once a minute. */
  readonly giveBackSeconds: number;
  readonly starts: number;
}

export const FULL: Sizes = {
  sources: 200,
  connections: 20,
  warmUpSeconds: 6,
  rounds: 9,
  peerRounds: 3,
  roundSeconds: 4,
  restarts: 2,
  coldRounds: 3,
  fewSources: 7,
  manySources: 651,
  storedRuns: 3,
  scrapes: 7,
  mixedRounds: 3,
  mixedSeconds: 15,
  memorySeconds: 60,
  giveBackSeconds: 130,
  starts: 7,
};

export const QUICK: Sizes = {
  sources: 20,
  connections: 20,
  warmUpSeconds: 1,
  rounds: 3,
  peerRounds: 1,
  roundSeconds: 1,
  restarts: 2,
  coldRounds: 1,
  fewSources: 7,
  manySources: 49,
  storedRuns: 1,
  scrapes: 3,
  mixedRounds: 1,
  mixedSeconds: 3,
  memorySeconds: 4,
  giveBackSeconds: 3,
  starts: 2,
};

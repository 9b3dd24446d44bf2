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
  readonly coldPeerRounds: number;
  /** TaskManagers behind the two sizes of a store that are compared, and how often. */
  readonly fewSources: number;
  readonly manySources: number;
  readonly storedRuns: number;
  readonly scrapes: number;
  readonly mixedRounds: number;
  readonly mixedSeconds: number;
  /** At the highest rate, and then as Flink pushes. */
  readonly memorySeconds: number;
  readonly pacedSeconds: number;
  /** The longest wait until memory is given back: the relay does that once a minute. */
  readonly giveBackSeconds: number;
  readonly starts: number;
}

export const FULL: Sizes = {
  sources: 200,
  connections: 20,
  warmUpSeconds: 6,
  rounds: 7,
  peerRounds: 3,
  roundSeconds: 4,
  restarts: 2,
  coldRounds: 3,
  coldPeerRounds: 1,
  fewSources: 7,
  manySources: 651,
  storedRuns: 3,
  scrapes: 7,
  mixedRounds: 3,
  mixedSeconds: 12,
  memorySeconds: 60,
  pacedSeconds: 30,
  giveBackSeconds: 120,
  starts: 5,
};

export const QUICK: Sizes = {
  sources: 20,
  connections: 20,
  warmUpSeconds: 1,
  rounds: 2,
  peerRounds: 1,
  roundSeconds: 1,
  restarts: 1,
  coldRounds: 1,
  coldPeerRounds: 1,
  fewSources: 7,
  manySources: 49,
  storedRuns: 1,
  scrapes: 2,
  mixedRounds: 1,
  mixedSeconds: 2,
  memorySeconds: 3,
  pacedSeconds: 2,
  giveBackSeconds: 2,
  starts: 2,
};

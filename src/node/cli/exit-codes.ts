export const OK = 0;
/** It was asked for rightly and went wrong. */
export const FAILED = 1;
/** It was asked for wrongly: the command line has to change. */
export const MISUSED = 2;

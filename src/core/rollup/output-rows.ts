import type { Output } from "./output.ts";

/**
 * The outputs of a table by number, so that a scrape keeps what it folds in columns, and who has heard their names
 * needs them no second time: 40 MB of names cross to the front once, and not with every scrape of a million series.
 */
export interface OutputRows {
  /**
   * In the order of a view. As long as it is the same list it only grows at its end and loses outputs in its middle,
   * and the names of those that it has do not change.
   */
  list(): readonly (Output | undefined)[];
  add(output: Output): void;
  remove(output: Output): void;
  /** One has other names than before, or stands at the place of another: the next list is a new one. */
  changed(): void;
}

/** `all` are the outputs of the table, in the order of a view. */
export function createOutputRows(all: () => Iterable<Output>): OutputRows {
  let rows: (Output | undefined)[] | undefined;
  let removed = 0;

  return {
    list() {
      if (rows === undefined) {
        rows = [...all()];
        removed = 0;
        for (const [row, output] of rows.entries()) if (output !== undefined) output.row = row;
      }
      return rows;
    },
    add(output) {
      if (rows !== undefined) output.row = rows.push(output) - 1;
    },
    remove(output) {
      if (rows !== undefined && rows[output.row] === output) {
        rows[output.row] = undefined;
        removed += 1;
        // Those who hold the list let go of the names, too.
        if (removed * 2 > rows.length) rows = undefined;
      }
      output.row = -1;
    },
    changed() {
      rows = undefined;
    },
  };
}

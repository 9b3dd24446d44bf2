import type { Sqlite } from "../platform/storage/sqlite.ts";
import type { SiteClock } from "./site-clock.ts";

/** What is true of all objects together, for as long as there is a site. */
export interface Site {
  readonly partitions: number;
  readonly clock: SiteClock;
  /** The site is there at that time. */
  beat(wallMs: number): void;
  /** Once an hour. */
  isTimeToTidy(wallMs: number): boolean;
  /** The error for a Worker that was deployed with another number of partitions. */
  refuse(partitions: number): Error;
}

const HOUR_MS = 3_600_000;

const TABLE = `
  CREATE TABLE IF NOT EXISTS site (
    partitions INTEGER NOT NULL, epoch_ms REAL NOT NULL, away_ms REAL NOT NULL,
    beat_ms REAL NOT NULL, tidied_ms REAL NOT NULL
  );
`;

/**
 * Opens the site, or creates it where `partitions` are given. Where it has not beaten for `longestGapMs`, nothing ran
 * that could have taken a push: that time is not observed, or a fleet would have died of our absence.
 */
export function openSite(
  sqlite: Sqlite,
  partitions: number | undefined,
  wallMs: number,
  longestGapMs: number,
): Site {
  sqlite.exec(TABLE);
  if (partitions !== undefined && sqlite.all("SELECT 1 FROM site").length === 0) {
    sqlite.run("INSERT INTO site VALUES (?, ?, 0, ?, ?)", partitions, wallMs, wallMs, wallMs);
  }
  const [row] = sqlite.all("SELECT * FROM site");
  if (row === undefined) throw new Error("BUG: a site that was never created");
  const gapMs = wallMs - Number(row["beat_ms"]);
  const awayMs = Number(row["away_ms"]) + (gapMs > longestGapMs ? gapMs : 0);
  sqlite.run("UPDATE site SET away_ms = ?, beat_ms = ?", awayMs, wallMs);
  const created = Number(row["partitions"]);
  let tidiedMs = Number(row["tidied_ms"]);

  return {
    partitions: created,
    clock: { epochMs: Number(row["epoch_ms"]), awayMs },
    beat: (atMs) => sqlite.run("UPDATE site SET beat_ms = ?", atMs),
    isTimeToTidy(atMs) {
      if (atMs < tidiedMs + HOUR_MS) return false;
      tidiedMs = atMs;
      sqlite.run("UPDATE site SET tidied_ms = ?", atMs);
      return true;
    },
    refuse: (given) =>
      new Error(
        `this site was created with ${created} partitions, and SLUICE_PARTITIONS says ${given}: set it back, or deploy a new site under another name`,
      ),
  };
}

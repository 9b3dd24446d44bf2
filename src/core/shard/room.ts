import type { Refusal } from "../partition/commands.ts";
import type { Growth } from "../partition/growth.ts";
import type { JobSize, JobSizes, RoomBounds, Size } from "../partition/job-sizes.ts";
import { addSizes, NOTHING } from "../partition/job-sizes.ts";

/** What room there is for more, as far as the shard knows what others hold. */
export interface Room {
  /** Why a push is not taken that would add that much to what is held, besides what is claimed by others already. */
  refusal(growth: JobSize, claimed: Iterable<JobSize>, bounds: RoomBounds): Refusal | undefined;
  /** Other shards hold that much of these jobs. */
  noteElsewhere(sizes: readonly JobSize[]): void;
  /** A partition has been taken back: of these jobs it may hold more or less than before. */
  noteTakenBack(jobs: readonly string[]): void;
  list(): JobSize[];
  /** How much the shard holds of the jobs of which it held more or less when this was last asked. */
  takeChanged(): JobSize[];
}

/** Why the platform has no room for a push that would add that much to what is held. */
export type OutOfRoom = (growth: Growth) => Refusal | undefined;

export function createRoom(own: () => readonly JobSizes[]): Room {
  const takenBack = new Set<string>();
  const elsewhere = new Map<string, Size>();
  let allElsewhere = NOTHING;

  function ownOf(job: string): Size {
    return own().reduce((sum, sizes) => addSizes(sum, sizes.of(job)), NOTHING);
  }

  return {
    refusal({ job, series, sources }, claimed, bounds) {
      // Who gives back as much as he takes is never refused.
      if (series <= 0 && sources <= 0) return undefined;
      let ofJob = addSizes(ownOf(job), elsewhere.get(job) ?? NOTHING);
      let all = own().reduce((sum, sizes) => addSizes(sum, sizes.all()), allElsewhere);
      for (const claim of claimed) {
        all = addSizes(all, claim);
        if (claim.job === job) ofJob = addSizes(ofJob, claim);
      }
      if (series > 0 && ofJob.series + series > bounds.maxSeriesPerJob) return jobFull(job, ofJob, bounds);
      if (series > 0 && all.series + series > bounds.maxSeries) return full(all, bounds);
      if (sources > 0 && all.sources + sources > bounds.maxSources) return tooManySources(bounds);
      return undefined;
    },
    noteElsewhere(sizes) {
      for (const { job, series, sources } of sizes) {
        const before = elsewhere.get(job) ?? NOTHING;
        allElsewhere = addSizes(allElsewhere, {
          series: series - before.series,
          sources: sources - before.sources,
        });
        if (sources === 0) elsewhere.delete(job);
        else elsewhere.set(job, { series, sources });
      }
    },
    noteTakenBack(jobs) {
      for (const job of jobs) takenBack.add(job);
    },
    list: () => [...new Set(own().flatMap((sizes) => sizes.list().map(({ job }) => job)))].map(sizeOf),
    takeChanged() {
      const changed = new Set([...takenBack, ...own().flatMap((sizes) => sizes.takeChanged())]);
      takenBack.clear();
      return Array.from(changed, sizeOf);
    },
  };

  function sizeOf(job: string): JobSize {
    return { job, ...ownOf(job) };
  }
}

const LONGEST_JOB = 90;

function jobFull(job: string, { series }: Size, { maxSeriesPerJob }: RoomBounds): Refusal {
  const name = JSON.stringify(job.length > LONGEST_JOB ? `${job.slice(0, LONGEST_JOB - 1)}…` : job);
  const message = `job ${name} has ${series} series, with this push it would have more than ${maxSeriesPerJob}: raise --limit.series-per-job or push fewer`;
  return { code: "job_full", message };
}

function full({ series }: Size, { maxSeries }: RoomBounds): Refusal {
  const message = `the relay holds ${series} series, with this push it would be more than ${maxSeries}: raise --limit.series, or delete groups that nobody needs`;
  return { code: "full", message };
}

function tooManySources({ maxSources }: RoomBounds): Refusal {
  const message = `the relay holds ${maxSources} groups and processes: raise --limit.sources, or delete groups that nobody needs`;
  return { code: "too_many_sources", message };
}

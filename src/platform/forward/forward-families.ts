import type { LayoutFamily } from "../../core/partition/layout.ts";
import type { FamilyText } from "../../core/view/own-families.ts";

/** What has become of what was forwarded. */
export interface ForwardStatus {
  /** Groups that were taken, deleted ones among them, and that were refused. */
  readonly sent: number;
  readonly refused: number;
  /** Times that nothing could be sent, or not all. */
  readonly failed: number;
  /** Of bodies that were taken, as they were sent. */
  readonly bytes: number;
  /** Unix time when all groups were taken last; 0 before that. */
  readonly lastSuccessSeconds: number;
  /** Series without a job in the view that was forwarded last. */
  readonly jobless: number;
}

const FAMILIES = {
  sluice_forward_groups_total: {
    type: "counter",
    help: "Groups that were sent to --forward.url, by outcome. refused: it does not take the group, the log says why. Nothing is lost by one that is sent later.",
    samples: ({ sent, refused }) => [
      ['{outcome="sent"}', sent],
      ['{outcome="refused"}', refused],
    ],
  },
  sluice_forward_failures_total: {
    type: "counter",
    help: "Times that --forward.url could not be reached, took nothing, or not all in 25 s. It is tried again, ever less often up to once a minute; the log says why.",
    samples: ({ failed }) => [["", failed]],
  },
  sluice_forward_bytes_total: {
    type: "counter",
    help: "Bytes of compressed bodies that --forward.url has taken.",
    samples: ({ bytes }) => [["", bytes]],
  },
  sluice_forward_last_success_timestamp_seconds: {
    type: "gauge",
    help: "Unix time when --forward.url last took all of the merged view; 0 before that. Its age should stay below two of --forward.interval.",
    samples: ({ lastSuccessSeconds }) => [["", lastSuccessSeconds]],
  },
  sluice_forward_left_out_series: {
    type: "gauge",
    help: "Series of the merged view that are not forwarded, because a rule has dropped their job: the path of a push must have one.",
    samples: ({ jobless }) => [["", jobless]],
  },
} as const satisfies Record<
  string,
  {
    readonly type: "counter" | "gauge";
    readonly help: string;
    samples(status: ForwardStatus): (readonly [labels: string, value: number])[];
  }
>;

export const forwardFamilies: readonly (LayoutFamily & { readonly help: string })[] = Object.entries(
  FAMILIES,
).map(([name, { type, help }]) => ({ name, type, help }));

export function renderForwardFamilies(status: ForwardStatus): FamilyText[] {
  return Object.entries(FAMILIES).map(([name, { type, help, samples }]) => ({
    name,
    header: `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
    text: samples(status)
      .map(([labels, value]) => `${name}${labels} ${value}\n`)
      .join(""),
  }));
}

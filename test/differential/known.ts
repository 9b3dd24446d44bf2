import type { Difference } from "./compare.ts";

export interface KnownDifference {
  /** For `docs/compatibility.md`. */
  readonly reason: string;
  readonly isIt: (difference: Difference) => boolean;
}

/** In which the relay means to differ from a Pushgateway 1.5.1, or 1.5.1 from later ones. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    reason:
      "A grouping label `le` is refused for a histogram, as `quantile` is for a summary. A Pushgateway shows the label twice, and no scrape can be read.",
    isIt: ({ ours, theirs }) =>
      theirs?.status === 200 && ours.text.includes('must not have an explicit "le" label'),
  },
  {
    reason:
      "A path with `//`, `.` or `..` is taken as it stands, or refused. A Pushgateway redirects it, and clients lose the push.",
    isIt: ({ theirs }) => theirs?.status === 301 || theirs?.status === 307,
  },
  {
    reason: "`/metrics/` and other spellings of a path are redirected, as by 1.11. 1.5.1 answers 404.",
    isIt: ({ ours, theirs }) => theirs?.status === 404 && (ours.status === 301 || ours.status === 307),
  },
  {
    reason: "A path that cannot be decoded is refused; which of 307, 400, 404 and 405 says so may differ.",
    isIt: ({ request }) => request.path.includes("%zz"),
  },
  {
    reason:
      "A label value that is not UTF-8 is refused in every request. A Pushgateway's later pushes and scrapes fail.",
    isIt: ({ request, ours }) =>
      ours.status >= 400 && (/%FF|%E2%82|_w/.test(request.path) || ours.text.includes("is not utf8")),
  },
  {
    reason:
      "1.5.1 stops for good, or closes the connection, at some pushes that it refuses in two ways at once.",
    isIt: ({ theirs }) => theirs === undefined,
  },
  {
    reason: "A protobuf body that ends behind a length is cut off, and refused as by 1.11. 1.5.1 takes it.",
    isIt: ({ ours, theirs }) => theirs?.status === 200 && ours.text.startsWith("unexpected EOF"),
  },
  {
    reason:
      "Where groups explain a family in different words, a Pushgateway shows those of any of them, Sluice of the first.",
    isIt: ({ view }) => everyLine(view, /^[-+]# HELP /),
  },
  {
    reason: "A push that a Pushgateway acknowledges and that makes its scrapes fail does no harm.",
    isIt: ({ view }) => view.includes("-An error has occurred while serving metrics:"),
  },
  {
    reason:
      "A series that stands twice in a body is refused in histograms and summaries too. A Pushgateway shows the last value.",
    isIt: ({ request, ours, theirs }) =>
      theirs?.status === 200 &&
      ours.status === 400 &&
      // Long answers are cut off before they say what is wrong.
      /was collected before|…/.test(ours.text) &&
      /# +TYPE\s+\w+\s+(histogram|summary)/i.test(request.body ?? ""),
  },
  {
    reason:
      "A protobuf family that contradicts its type or has timestamps is refused, even if another one of its name follows. In a Pushgateway the last one counts.",
    isIt: ({ ours, theirs }) =>
      theirs?.status === 200 &&
      ours.status === 400 &&
      / is not an? [A-Z]+|must not have timestamps/.test(ours.text),
  },
  {
    reason:
      "A body with two faults is refused for the first. In a Pushgateway faults of syntax come first, and do not mark the group as failed.",
    isIt: ({ ours, theirs, view }) =>
      ours.status === 400 && theirs?.status === 400 && everyLine(view, /^[+-](# \w+ )?push_/),
  },
  {
    reason:
      "The count of a histogram that a body leaves out is that of the bucket `+Inf`. A Pushgateway shows 0.",
    isIt: ({ ours, view }) =>
      ours.status === 200 && everyLine(view, /^-\w+_count(\{.*\})? 0$|^\+\w+_count(\{.*\})? \S+$/),
  },
  {
    reason:
      "A bucket without `le`, or a summary's line without `quantile`, is left out. A Pushgateway makes zeros of it.",
    isIt: ({ ours, view }) =>
      ours.status === 200 && everyLine(view, /^-(# TYPE |\w+_(sum|count|bucket)\{.*\} 0$)/),
  },
  {
    reason:
      "Two grouping keys that differ in an empty `instance` alone have the same push stamps. A Pushgateway refuses the second group; here both are taken, and the stamp stands once.",
    isIt: ({ ours, theirs }) =>
      ours.status === 200 &&
      theirs?.status === 400 &&
      /push_(failure_)?time_seconds.*was collected before/s.test(theirs.text),
  },
  {
    reason:
      "`/metrics/job@base64` and `/metrics/job/` without a value are refused for it. A Pushgateway answers 404.",
    isIt: ({ request, theirs }) => theirs?.status === 404 && /^\/metrics\/job(@base64|\/)/.test(request.path),
  },
];

/** Helps aside, which differ as the entry about them says. */
function everyLine(view: readonly string[], pattern: RegExp): boolean {
  return view.length > 0 && view.every((line) => pattern.test(line) || /^[-+]# HELP /.test(line));
}

/** One group as `/api/v1/metrics` of a Pushgateway tells of it. */
export interface ImportedGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly families: readonly ImportedFamily[];
  /** Whether a push of it ever succeeded; otherwise it holds nothing but the time of its failure. */
  readonly wasPushed: boolean;
}

export interface ImportedFamily {
  readonly name: string;
  /** In capitals, such as `GAUGE`. */
  readonly type: string;
  readonly help: string | undefined;
  readonly metrics: readonly ImportedMetric[];
}

/** Numbers are texts, as Go writes them. */
export interface ImportedMetric {
  readonly labels: Readonly<Record<string, string>>;
  readonly value?: string;
  readonly quantiles?: Readonly<Record<string, string>>;
  /** A list where the histogram is a native one. */
  readonly buckets?: Readonly<Record<string, string>> | readonly unknown[];
  readonly count?: string;
  readonly sum?: string;
}

/** Both are made by the gateway itself. */
const STAMPS: ReadonlySet<string> = new Set(["push_time_seconds", "push_failure_time_seconds"]);
const OWN_KEYS: ReadonlySet<string> = new Set(["labels", "last_push_successful"]);

/** The groups of an answer, or undefined where it is none of a Pushgateway. */
export function readGroups(text: string): readonly ImportedGroup[] | undefined {
  const answer = parse(text);
  if (!isRecord(answer) || answer["status"] !== "success" || !Array.isArray(answer["data"])) return undefined;
  const groups = answer["data"].map((group: unknown) => (isRecord(group) ? readGroup(group) : undefined));
  const good = groups.filter((group) => group !== undefined);
  return good.length === groups.length ? good : undefined;
}

function readGroup(group: Readonly<Record<string, unknown>>): ImportedGroup | undefined {
  const { labels } = group;
  // A family of that name hides the labels.
  if (!isTexts(labels)) return undefined;
  const families = Object.entries(group)
    .filter(([key]) => !OWN_KEYS.has(key))
    .map(([name, family]) => readFamily(name, family));
  const good = families.filter((family) => family !== undefined);
  if (good.length !== families.length) return undefined;
  const pushed = good.find(({ name }) => name === "push_time_seconds")?.metrics[0]?.value;
  return {
    labels,
    families: good.filter(({ name }) => !STAMPS.has(name)),
    wasPushed: pushed !== undefined && Number(pushed) > 0,
  };
}

function readFamily(name: string, family: unknown): ImportedFamily | undefined {
  if (!isRecord(family)) return undefined;
  const { type, help, metrics } = family;
  if (typeof type !== "string" || !Array.isArray(metrics) || !metrics.every(isMetric)) return undefined;
  return { name, type, help: typeof help === "string" ? help : undefined, metrics };
}

function isMetric(metric: unknown): metric is ImportedMetric {
  if (!isRecord(metric) || !isTexts(metric["labels"])) return false;
  const numbers = ["value", "count", "sum"].map((key) => metric[key]);
  const { quantiles = {}, buckets = {} } = metric;
  return (
    numbers.every((number) => number === undefined || isNumber(number)) &&
    isNumbers(quantiles) &&
    (Array.isArray(buckets) || isNumbers(buckets))
  );
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((each) => typeof each === "string");
}

function isNumbers(value: unknown): boolean {
  return isRecord(value) && Object.entries(value).flat().every(isNumber);
}

/** What becomes part of a line of text must be nothing else. */
function isNumber(value: unknown): boolean {
  return typeof value === "string" && /^[-+.\w]+$/.test(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

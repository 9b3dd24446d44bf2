import { decodeBase64Url } from "./base64url.ts";
import { renderLabels } from "./exposition/escape.ts";
import type { Labels } from "./exposition/label-block.ts";
import { unescapeName } from "./exposition/unescape-name.ts";
import { decodeUtf8 } from "./exposition/utf8.ts";

/** The labels in the path of a push: who the group is. */
export interface GroupingKey {
  /** The pushed job, never empty. */
  readonly job: string;
  /** All labels with `job`, sorted by name. */
  readonly labels: Labels;
  /** The labels as canonical exposition text: the identity of the group. */
  readonly canonical: string;
}

export type GroupingKeyResult =
  | { readonly ok: true; readonly key: GroupingKey }
  | { readonly ok: false; readonly message: string };

/**
 * Reads the grouping key from a request path, `<anything>/job/<job>[/<label>/<value>…]` without the
 * part before `/job`, percent-encoded as it was sent.
 *
 * As in a Pushgateway the path is decoded first and split then (so `%2F` separates), `+` is a plus
 * sign, the last of two equal labels wins, and a `job` later in the path gives way to the first.
 * Where a Pushgateway redirects (`//` in the middle), the value is taken to be empty: several clients
 * send it so, and do not follow the redirect. The error texts are a Pushgateway's.
 *
 * With `utf8Names` label names may be any UTF-8, as it stands or escaped (`U__foo_2e_bar` is `foo.bar`).
 */
export function parseGroupingKey(rawPath: string, utf8Names = false): GroupingKeyResult {
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    return refuse(`the path is not percent-encoded UTF-8: ${rawPath.slice(0, 120)}`);
  }
  const [, jobSegment = "", ...rest] = path.split("/").slice(path.startsWith("/") ? 1 : 0);
  const encodedJob = path.startsWith("/job@base64/");
  const job = encodedJob ? decodeValue("job", jobSegment) : ok(jobSegment);
  if (!job.ok) return job;

  // A trailing slash after the job is no label; after a label name it is that label's empty value.
  const components = rest.length === 1 && rest[0] === "" ? [] : rest;
  if (components.length % 2 !== 0) {
    return refuse(`odd number of components in label string "/${components.join("/").slice(0, 150)}"`);
  }
  const labels = new Map<string, string>();
  for (let i = 0; i < components.length; i += 2) {
    const label = parseLabel(components[i] ?? "", components[i + 1] ?? "", utf8Names);
    if (!label.ok) return label;
    labels.set(label.name, label.value);
  }
  if (job.value === "") return refuse("job name is required");
  labels.set("job", job.value);
  return { ok: true, key: groupingKey(labels) };
}

/** The grouping key with these labels, which hold a `job`. */
export function groupingKey(labels: ReadonlyMap<string, string>): GroupingKey {
  const sorted = [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat();
  return { job: labels.get("job") ?? "", labels: sorted, canonical: renderLabels(sorted) };
}

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const BASE64_SUFFIX = "@base64";

/** A Pushgateway looks for the reserved `__` before it unescapes a name, and then refuses every push of the group. */
function isUtf8LabelName(name: string): boolean {
  return name !== "" && !name.startsWith("__");
}

type Value = { readonly ok: true; readonly value: string };
type Label = { readonly ok: true; readonly name: string; readonly value: string };
type Refusal = { readonly ok: false; readonly message: string };

function parseLabel(nameSegment: string, valueSegment: string, utf8Names: boolean): Label | Refusal {
  const encoded = nameSegment.endsWith(BASE64_SUFFIX);
  const given = encoded ? nameSegment.slice(0, -BASE64_SUFFIX.length) : nameSegment;
  const name = utf8Names ? unescapeName(given) : given;
  if (!(utf8Names ? isUtf8LabelName(name) : LABEL_NAME.test(name)))
    return refuse(`improper label name ${JSON.stringify(given.slice(0, 120))}`);
  const value = encoded ? decodeValue(name, valueSegment) : ok(valueSegment);
  return value.ok ? { ok: true, name, value: value.value } : value;
}

function decodeValue(name: string, segment: string): Value | Refusal {
  const where = name === "job" ? "in job name" : `for label ${name}=`;
  const quoted = name === "job" ? ` ${JSON.stringify(segment)}` : JSON.stringify(segment);
  const decoded = decodeBase64Url(segment);
  if (!decoded.ok) {
    return refuse(
      `invalid base64 encoding ${where}${quoted}: illegal base64 data at input byte ${decoded.badIndex}`,
    );
  }
  // A Pushgateway stores a value that is not UTF-8, and no scrape of it succeeds from then on.
  const value = decodeUtf8(decoded.latin1);
  return value === undefined ? refuse(`label ${name} is a label whose value is not utf8`) : ok(value);
}

function ok(value: string): Value {
  return { ok: true, value };
}

function refuse(message: string): Refusal {
  return { ok: false, message };
}

import { validate as validateStatefulSet } from "kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet";
import { validate as validateConfigMap } from "kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap";
import { validate as validateService } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { parseAllDocuments } from "yaml";

/** As ajv makes it. */
interface Validate {
  (data: unknown): boolean;
  errors?: readonly { readonly instancePath: string; readonly params: unknown }[] | null;
}

const SCHEMAS: ReadonlyMap<string, Validate> = new Map<string, Validate>([
  ["ConfigMap", validateConfigMap],
  ["Service", validateService],
  ["StatefulSet", validateStatefulSet],
]);

/** What each document of the text is, by its kind. */
export function readManifests(text: string): Map<string, unknown> {
  const documents = parseAllDocuments(text).map((each) => each.toJS() as { kind: string });
  return new Map(documents.map((each) => [each.kind, each]));
}

/** What Kubernetes would not take, or not understand: fields that its schema does not have it drops in silence. */
export function faultsOf(kind: string, manifest: unknown): string[] {
  const validate = SCHEMAS.get(kind);
  if (validate === undefined) return [`no schema for the kind ${kind}`];
  const unread = new Set<string>();
  validate(watch(manifest, "", unread));
  return [
    ...(validate.errors ?? []).map(({ instancePath, params }) => `${instancePath} ${JSON.stringify(params)}`),
    ...[...unread].map((path) => `unknown field ${path}`),
  ];
}

/** The validator asks for each field that the schema has. Those that it never asks for stay in `unread`. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => {
    unread.add(`${path}/${key}`);
    return [key, watch(each, `${path}/${key}`, unread)];
  });
  const target: object = Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === "string") unread.delete(`${path}/${key}`);
      return Reflect.get(object, key) as unknown;
    },
  });
}

/** The keywords that our schema uses. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: boolean;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false | Schema;
}

/** Keywords that say nothing about a value. */
const REMARKS = new Set(["$schema", "title", "description"]);

/**
 * Whether a value fits a JSON schema, as far as ours go. A keyword that this does not know is an error,
 * so that the schema cannot say more than the tests have looked at.
 */
export function fitsSchema(value: unknown, schema: Schema): boolean {
  const checks = { ...ofAny(value, schema), ...ofText(value, schema), ...ofParts(value, schema) };
  for (const keyword of Object.keys(schema)) {
    if (!REMARKS.has(keyword) && !(keyword in checks)) throw new Error(`${keyword} is not tested`);
  }
  return Object.values(checks).every((fits) => fits !== false);
}

function ofAny(value: unknown, { type, enum: words, anyOf, const: only, minimum }: Schema) {
  return {
    type: type === undefined || [type].flat().some((each) => isOfType(value, each)),
    enum: words?.includes(value),
    anyOf: anyOf?.some((each) => fitsSchema(value, each)),
    const: only === undefined || value === only,
    minimum: minimum === undefined || typeof value !== "number" || value >= minimum,
  };
}

function ofText(value: unknown, { minLength, pattern }: Schema) {
  const text = typeof value === "string" ? value : undefined;
  return {
    minLength: text === undefined || text.length >= (minLength ?? 0),
    pattern: text === undefined || new RegExp(pattern ?? "", "u").test(text),
  };
}

function ofParts(value: unknown, { items, required, properties, additionalProperties }: Schema) {
  const entries = isObject(value) ? Object.entries(value) : undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return {
    items: items === undefined || list.every((each) => fitsSchema(each, items)),
    required: required?.every((key) => entries === undefined || entries.some(([each]) => each === key)),
    properties: entries?.every(([key, each]) => fitsSchema(each, properties?.[key] ?? {})),
    additionalProperties:
      additionalProperties === undefined ||
      entries?.every(
        ([key, each]) =>
          (properties !== undefined && key in properties) ||
          (additionalProperties !== false && fitsSchema(each, additionalProperties)),
      ),
  };
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

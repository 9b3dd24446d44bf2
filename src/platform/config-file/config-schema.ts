import { fileShape } from "./keys.ts";

/** `docs/sluice.schema.json`, which editors complete and check a configuration file by. */
export function renderConfigSchema(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "The configuration file of Sluice",
    ...fileShape.schema,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

// test/flink runs a real cluster and a real Prometheus on these files.
test.each([
  ["docs/flink.md", "docs/flink/reporter.yaml"],
  ["docs/flink.md", "docs/monitoring/prometheus.yml"],
  ["README.md", "docs/flink/reporter.yaml"],
])("what %s says to write is %s", (page, file) => {
  const blocks = [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text);
  expect(blocks).toContain(read(file));
});

import type { Target } from "./target.ts";
import { fastPathTarget, openMetricsTarget, protobufTarget, textTarget } from "./targets/bodies.ts";
import { compressionTarget } from "./targets/compression.ts";
import { httpTarget } from "./targets/http.ts";
import { relayTarget } from "./targets/relay.ts";
import { configFileTarget, groupingKeyTarget, selectorTarget } from "./targets/texts.ts";

/** Everything that reads what strangers send. */
export function openTargets(): Target[] {
  return [
    textTarget(),
    fastPathTarget(),
    openMetricsTarget(),
    protobufTarget(),
    compressionTarget("gzip"),
    compressionTarget("snappy"),
    compressionTarget("zstd"),
    selectorTarget(),
    groupingKeyTarget(),
    configFileTarget(),
    relayTarget(),
    relayTarget({ utf8Names: true }),
    httpTarget(),
  ];
}

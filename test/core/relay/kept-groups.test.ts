import { expect, test } from "vitest";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

const SUCCEEDED = "Last Unix time when changing this group in the Pushgateway succeeded.";
const FAILED = "Last Unix time when changing this group in the Pushgateway failed.";

test.each(["merged", "raw"] as const)("without a Flink push the %s view is a Pushgateway's", (view) => {
  const relay = createInMemoryRelay();
  relay.push(
    "/job/zebra/shard/1",
    `# HELP request_seconds How long.
# TYPE request_seconds histogram
request_seconds_bucket{path="/",le="0.1"} 3
request_seconds_bucket{path="/",le="1"} 5
request_seconds_sum{path="/"} 2.5
request_seconds_count{path="/"} 7
# TYPE batch_seconds summary
batch_seconds{quantile="0.5"} 4
batch_seconds{quantile="0.99"} 9e6
batch_seconds_count 12
untyped_thing{b="2",a="1"} NaN
`,
  );
  relay.advance(500);
  relay.push("/job/ant", 'untyped_thing{x="y",instance="i"} -0\nuntyped_thing 1e21\n', { method: "POST" });

  expect(relay.view(view)).toBe(`# TYPE batch_seconds summary
batch_seconds{instance="",job="zebra",shard="1",quantile="0.5"} 4
batch_seconds{instance="",job="zebra",shard="1",quantile="0.99"} 9e+06
batch_seconds_sum{instance="",job="zebra",shard="1"} 0
batch_seconds_count{instance="",job="zebra",shard="1"} 12
# HELP push_failure_time_seconds ${FAILED}
# TYPE push_failure_time_seconds gauge
push_failure_time_seconds{instance="",job="ant"} 0
push_failure_time_seconds{instance="",job="zebra",shard="1"} 0
# HELP push_time_seconds ${SUCCEEDED}
# TYPE push_time_seconds gauge
push_time_seconds{instance="",job="ant"} 1.7000000005e+09
push_time_seconds{instance="",job="zebra",shard="1"} 1.7e+09
# HELP request_seconds How long.
# TYPE request_seconds histogram
request_seconds_bucket{instance="",job="zebra",path="/",shard="1",le="0.1"} 3
request_seconds_bucket{instance="",job="zebra",path="/",shard="1",le="1"} 5
request_seconds_bucket{instance="",job="zebra",path="/",shard="1",le="+Inf"} 7
request_seconds_sum{instance="",job="zebra",path="/",shard="1"} 2.5
request_seconds_count{instance="",job="zebra",path="/",shard="1"} 7
# TYPE untyped_thing untyped
untyped_thing{instance="",job="ant"} 1e+21
untyped_thing{instance="i",job="ant",x="y"} 0
untyped_thing{a="1",b="2",instance="",job="zebra",shard="1"} NaN
`);
});

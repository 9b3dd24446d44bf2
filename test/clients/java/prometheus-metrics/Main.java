import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.exporter.pushgateway.Format;
import io.prometheus.metrics.exporter.pushgateway.PushGateway;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.IOException;

final class Main {
    public static void main(String[] args) throws IOException {
        String address = args[0].substring("http://".length());
        boolean isText = "text".equals(System.getenv("CLIENT_VARIANT"));
        PrometheusRegistry all = all();
        PrometheusRegistry gauge = gauge();
        Steps.run((verb, what, job, grouping) -> {
            PushGateway.Builder builder = PushGateway.builder()
                .address(address)
                .format(isText ? Format.PROMETHEUS_TEXT : Format.PROMETHEUS_PROTOBUF)
                .registry(what.equals("all") ? all : gauge)
                .job(job);
            grouping.forEach(builder::groupingKey);
            PushGateway gateway = builder.build();
            switch (verb) {
                case "push":
                    gateway.push();
                    break;
                case "add":
                    gateway.pushAdd();
                    break;
                default:
                    gateway.delete();
            }
        });
    }

    private static PrometheusRegistry all() {
        PrometheusRegistry registry = new PrometheusRegistry();
        Counter requests = Counter.builder()
            .name("client_requests_total").help("Requests served.").labelNames("code").register(registry);
        requests.labelValues("200").inc(3);
        requests.labelValues("500").inc(0);
        Gauge.builder().name("client_temperature").help("Degrees.").register(registry).set(36.6);
        Gauge odd = Gauge.builder()
            .name("client_odd").help("A \\ and \"quotes\".").labelNames("text").register(registry);
        odd.labelValues("C:\\dir \"x\",\n}").set(-1.5e-7);
        Summary size = Summary.builder()
            .name("client_size_bytes").help("Sizes.").quantile(0.5, 0.05).register(registry);
        size.observe(200);
        size.observe(200);
        Histogram seconds = Histogram.builder()
            .name("client_seconds").help("Durations.").classicOnly().classicUpperBounds(0.25, 1).register(registry);
        Histogram nativeSeconds = Histogram.builder()
            .name("client_native_seconds").help("Durations.").nativeOnly().nativeInitialSchema(0).register(registry);
        for (double value : new double[] {0.125, 0.5, 8}) {
            seconds.observe(value);
            nativeSeconds.observe(value);
        }
        Info.builder().name("client_build_info").help("Build.").labelNames("version").register(registry)
            .setLabelValues("1.2");
        StateSet.builder().name("client_state").help("State.").states("running", "stopped").register(registry)
            .setTrue("running");
        return registry;
    }

    private static PrometheusRegistry gauge() {
        PrometheusRegistry registry = new PrometheusRegistry();
        Gauge.builder().name("client_temperature").help("Degrees.").register(registry).set(40);
        return registry;
    }
}

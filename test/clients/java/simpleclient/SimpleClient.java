import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.Summary;
import io.prometheus.client.exporter.PushGateway;

import java.io.IOException;

/** What all versions of the client have. */
final class SimpleClient {
    static void run(String url, CollectorRegistry all) throws IOException {
        PushGateway gateway = new PushGateway(url.substring("http://".length()));
        CollectorRegistry gauge = new CollectorRegistry();
        Gauge.build("client_temperature", "Degrees.").register(gauge).set(40);
        Steps.run((verb, what, job, grouping) -> {
            CollectorRegistry registry = what.equals("all") ? all : gauge;
            switch (verb) {
                case "push":
                    gateway.push(registry, job, grouping);
                    break;
                case "add":
                    gateway.pushAdd(registry, job, grouping);
                    break;
                default:
                    gateway.delete(job, grouping);
            }
        });
    }

    static CollectorRegistry types() {
        CollectorRegistry registry = new CollectorRegistry();
        Counter requests =
            Counter.build("client_requests_total", "Requests served.").labelNames("code").register(registry);
        requests.labels("200").inc(3);
        requests.labels("500").inc(0);
        Gauge.build("client_temperature", "Degrees.").register(registry).set(36.6);
        Gauge odd = Gauge.build("client_odd", "A \\ and \"quotes\".").labelNames("text").register(registry);
        odd.labels("C:\\dir \"x\",\n}").set(-1.5e-7);
        Summary size = Summary.build("client_size_bytes", "Sizes.").quantile(0.5, 0.05).register(registry);
        size.observe(200);
        size.observe(200);
        Histogram seconds = Histogram.build("client_seconds", "Durations.").buckets(0.25, 1).register(registry);
        for (double value : new double[] {0.125, 0.5, 8}) {
            seconds.observe(value);
        }
        return registry;
    }
}

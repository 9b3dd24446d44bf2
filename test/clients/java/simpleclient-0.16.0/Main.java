import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Enumeration;
import io.prometheus.client.Info;

import java.io.IOException;

final class Main {
    public static void main(String[] args) throws IOException {
        CollectorRegistry all = SimpleClient.types();
        Info.build("client_build", "Build.").register(all).info("version", "1.2");
        Enumeration.build("client_state", "State.").states("running", "stopped").register(all).state("running");
        SimpleClient.run(args[0], all);
    }
}

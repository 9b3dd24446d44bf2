import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** One step for each line of the standard input, as ../README.md says. */
final class Steps {
    interface Client {
        void take(String verb, String what, String job, Map<String, String> grouping) throws IOException;
    }

    static void run(Client client) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] step = line.split("\t", -1);
            Map<String, String> grouping = new LinkedHashMap<>();
            for (int i = 3; i < step.length; i += 2) {
                grouping.put(step[i], step[i + 1]);
            }
            try {
                client.take(step[0], step[1], step[2], grouping);
                out.println("ok");
            } catch (IOException error) {
                out.println("failed " + error.getMessage().replace('\n', ' '));
            }
        }
    }
}

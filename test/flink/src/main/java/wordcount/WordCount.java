package wordcount;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.SlidingProcessingTimeWindows;

/**
 * Counts the words of endless sentences, over the last five seconds, every second.
 *
 * <p>--name, --parallelism and --rate (sentences a second, of each subtask) say what runs, and --restart-strategy what
 * becomes of it when a task fails, if it is not what the cluster says. --switches names a folder, and files that stand
 * there do something to the running job: {@code pause} stops the sources, {@code throw} makes a task fail (which takes
 * the file away, so that it fails once), {@code fail-checkpoints} makes every checkpoint fail and the job go on.
 */
public final class WordCount {

  /** What is asked of the folder of switches. */
  record Switches(String folder) implements Serializable {
    boolean isOn(String name) {
      return Files.exists(Path.of(folder, name));
    }

    /** Takes the switch away; only one of those who ask at the same time is told that it was on. */
    boolean take(String name) throws java.io.IOException {
      return Files.deleteIfExists(Path.of(folder, name));
    }
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) options.put(args[i], args[i + 1]);
    Switches switches = new Switches(options.getOrDefault("--switches", "/nowhere"));
    Configuration settings = new Configuration();
    if (options.containsKey("--restart-strategy"))
      settings.setString("restart-strategy.type", options.get("--restart-strategy"));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(Integer.parseInt(options.getOrDefault("--parallelism", "1")));
    env.fromSource(
            new Sentences(Integer.parseInt(options.getOrDefault("--rate", "100")), switches),
            WatermarkStrategy.noWatermarks(),
            "Sentences")
        .map(new Sentence())
        .flatMap(new Split(switches))
        .keyBy(word -> word.f0)
        .window(SlidingProcessingTimeWindows.of(Duration.ofSeconds(5), Duration.ofSeconds(1)))
        .sum(1)
        .map(new Report())
        .startNewChain()
        .returns(Types.TUPLE(Types.STRING, Types.INT))
        .sinkTo(new DiscardingSink<Tuple2<String, Integer>>());
    env.execute(options.getOrDefault("--name", "WordCount"));
  }
}

package wordcount;

import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.util.Collector;

/** Sentences become words; this is also where checkpoints fail when they are told to. */
final class Split extends RichFlatMapFunction<String, Tuple2<String, Integer>> implements CheckpointedFunction {

  private final WordCount.Switches switches;
  private transient Counter words;
  private transient Meter wordsPerSecond;
  private transient int longestSentence;

  Split(WordCount.Switches switches) {
    this.switches = switches;
  }

  @Override
  public void open(OpenContext context) {
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    // A counter with its rate, as Flink's own come: this is how a relay knows it for a counter.
    words = metrics.counter("words");
    wordsPerSecond = metrics.meter("wordsPerSecond", new MeterView(words));
    metrics.gauge("longestSentence", () -> longestSentence);
  }

  @Override
  public void flatMap(String sentence, Collector<Tuple2<String, Integer>> out) {
    longestSentence = Math.max(longestSentence, sentence.length());
    for (String word : sentence.split(" ")) {
      wordsPerSecond.markEvent();
      out.collect(Tuple2.of(word, 1));
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    context
        .getOperatorStateStore()
        .getListState(new ListStateDescriptor<>("unwritable", Unwritable.class))
        .update(List.of(new Unwritable(switches.folder())));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}
}

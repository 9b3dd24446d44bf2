package wordcount;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Passes counts on, and tells of them: a counter without a rate beside it, and a histogram. */
final class Report extends RichMapFunction<Tuple2<String, Integer>, Tuple2<String, Integer>> {

  private transient Counter reports;
  private transient Histogram countOfWord;

  @Override
  public void open(OpenContext context) {
    reports = getRuntimeContext().getMetricGroup().counter("reports");
    countOfWord =
        getRuntimeContext()
            .getMetricGroup()
            .histogram("countOfWord", new DescriptiveStatisticsHistogram(500));
  }

  @Override
  public Tuple2<String, Integer> map(Tuple2<String, Integer> word) {
    reports.inc();
    countOfWord.update(word.f1);
    return word;
  }
}

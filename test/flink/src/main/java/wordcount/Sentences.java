package wordcount;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.core.io.InputStatus;

/** The numbers of sentences, so many a second, until they are paused: nothing waits in a thread of Flink's. */
final class Sentences extends NumberSequenceSource {

  private static final long LOOK_AGAIN_MS = 20;

  private final int perSecond;
  private final WordCount.Switches switches;

  Sentences(int perSecond, WordCount.Switches switches) {
    super(0, Long.MAX_VALUE - 1);
    this.perSecond = perSecond;
    this.switches = switches;
  }

  @Override
  public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
    SourceReader<Long, NumberSequenceSplit> numbers = super.createReader(context);
    return new SourceReader<>() {
      private long nextAtNanos = System.nanoTime();
      private long lookedAtNanos = nextAtNanos - TimeUnit.SECONDS.toNanos(1);
      private boolean isPaused;

      @Override
      public void start() {
        numbers.start();
      }

      @Override
      public InputStatus pollNext(ReaderOutput<Long> output) throws Exception {
        long nowNanos = System.nanoTime();
        if (isPaused(nowNanos) || nowNanos < nextAtNanos) return InputStatus.NOTHING_AVAILABLE;
        // What was missed in a pause or under back pressure is not made up for: the rate stays what it is.
        nextAtNanos = Math.max(nextAtNanos, nowNanos - TimeUnit.MILLISECONDS.toNanos(100))
            + TimeUnit.SECONDS.toNanos(1) / perSecond;
        return numbers.pollNext(output);
      }

      private boolean isPaused(long nowNanos) throws Exception {
        if (nowNanos - lookedAtNanos > TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS)) {
          if (switches.isOn("throw") && switches.take("throw")) throw new IllegalStateException("told to throw");
          isPaused = switches.isOn("pause");
          lookedAtNanos = nowNanos;
        }
        return isPaused;
      }

      @Override
      public CompletableFuture<Void> isAvailable() {
        long inNanos = nextAtNanos - System.nanoTime();
        if (!isPaused && inNanos <= 0) return numbers.isAvailable();
        long delayNanos = isPaused ? TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS) : inNanos;
        return new CompletableFuture<Void>().completeOnTimeout(null, delayNanos, TimeUnit.NANOSECONDS);
      }

      @Override
      public List<NumberSequenceSplit> snapshotState(long checkpointId) {
        return numbers.snapshotState(checkpointId);
      }

      @Override
      public void addSplits(List<NumberSequenceSplit> splits) {
        numbers.addSplits(splits);
      }

      @Override
      public void notifyNoMoreSplits() {
        numbers.notifyNoMoreSplits();
      }

      @Override
      public void close() throws Exception {
        numbers.close();
      }
    };
  }
}

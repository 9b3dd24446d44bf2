package wordcount;

import org.apache.flink.api.common.functions.MapFunction;

final class Sentence implements MapFunction<Long, String> {

  private static final String[] SENTENCES = {
    "to be or not to be that is the question",
    "the rest is silence",
    "brevity is the soul of wit",
    "though this be madness yet there is method in it",
  };

  @Override
  public String map(Long number) {
    return SENTENCES[(int) (number % SENTENCES.length)];
  }
}

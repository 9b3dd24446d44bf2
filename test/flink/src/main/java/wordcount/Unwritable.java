package wordcount;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.CopyableValue;

/**
 * State that cannot be written while checkpoints are to fail. Flink takes a copy of it while the task waits, and writes
 * that later: only what fails then is the checkpoint's failure alone. What fails before makes the task fail.
 */
public final class Unwritable implements CopyableValue<Unwritable> {

  private String folder;

  /** Flink makes one and then reads it. */
  public Unwritable() {
    this("");
  }

  Unwritable(String folder) {
    this.folder = folder;
  }

  @Override
  public void write(DataOutputView out) throws IOException {
    if (new WordCount.Switches(folder).isOn("fail-checkpoints")) throw new IOException("told to fail checkpoints");
    out.writeUTF(folder);
  }

  @Override
  public void read(DataInputView in) throws IOException {
    folder = in.readUTF();
  }

  @Override
  public Unwritable copy() {
    return new Unwritable(folder);
  }

  @Override
  public void copyTo(Unwritable target) {
    target.folder = folder;
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    out.writeUTF(in.readUTF());
  }

  @Override
  public int getBinaryLength() {
    return -1;
  }
}

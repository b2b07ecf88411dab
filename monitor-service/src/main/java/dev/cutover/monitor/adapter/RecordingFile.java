package dev.cutover.monitor.adapter;

import dev.cutover.monitor.domain.Recorded;
import dev.cutover.monitor.domain.Recorder;
import dev.cutover.runtime.LogKeys;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recording in a file, a line of JSON each, compressed; a thread of its own writes it. What can't
 * be kept ends the recording where it is, with a line in the log: the watch goes on.
 */
public final class RecordingFile implements Recorder {
  private static final Logger LOGGER = LoggerFactory.getLogger(RecordingFile.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Lines that wait for the disk: half a minute of a watch of many things. */
  private static final int WAITING_MAX = 10_000;

  /** After so many lines what there is can be read, whatever becomes of the process. */
  private static final int FLUSHED_EVERY = 50;

  /** Longer is not waited for a disk at the end. */
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(1);

  private final Path file;
  private final long bytesMax;
  private final RecordingText text = new RecordingText();
  private final BlockingQueue<Optional<Recorded>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private volatile boolean ended;
  private @Nullable Thread writer;

  private RecordingFile(Path file, long bytesMax) {
    this.file = file;
    this.bytesMax = bytesMax;
  }

  /**
   * Keeps each recording in a new file of that directory, which is made when it is not there.
   *
   * @param mebibytesMax how large each may get
   */
  public static Recorders recorders(Path directory, int mebibytesMax) {
    return first -> {
      RecordingFile recording =
          new RecordingFile(
              directory.resolve(
                  "%s-%d-%s.jsonl.gz"
                      .formatted(first.cutover(), first.epoch(), STAMP.format(first.at()))),
              (long) mebibytesMax << 20);
      recording.add(first);
      recording.writer =
          Thread.ofVirtual().name("recording-" + first.cutover()).start(recording::write);
      return recording;
    };
  }

  @Override
  public void add(Recorded line) {
    if (!ended && !waiting.offer(Optional.of(line))) {
      ended = true; // with a gap it would be judged otherwise
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.CAUSE, "%d lines wait to be written".formatted(WAITING_MAX))
          .log("recording ended: {} is written too slowly", file);
    }
  }

  @Override
  public void close() {
    ended = true;
    var _ = waiting.offer(Optional.empty());
    try {
      if (writer != null) {
        var _ = writer.join(CLOSED_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (Counting counting =
              new Counting(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
          OutputStream lines =
              new BufferedOutputStream(new GZIPOutputStream(counting, 1 << 14, true))) {
        int unflushed = 0;
        for (Optional<Recorded> line = next(); line.isPresent(); line = next()) {
          lines.write(text.line(line.get()).getBytes(StandardCharsets.UTF_8));
          lines.write('\n');
          if (++unflushed == FLUSHED_EVERY) {
            lines.flush();
            unflushed = 0;
          }
          if (counting.written > bytesMax) {
            throw new IOException("it is larger than %d MiB".formatted(bytesMax >> 20));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      ended = true;
      waiting.clear();
      LOGGER.atWarn().addKeyValue(LogKeys.CAUSE, e.toString()).log("recording ended: {}", file);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next line; empty at the end. */
  private Optional<Recorded> next() throws InterruptedException {
    Optional<Recorded> line = waiting.poll();
    return line != null ? line : ended ? Optional.empty() : waiting.take();
  }

  /** Counts what reaches the disk. */
  private static final class Counting extends OutputStream {
    private final OutputStream to;
    private long written;

    Counting(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
      to.write(b);
      written++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      to.write(bytes, from, length);
      written += length;
    }

    @Override
    public void flush() throws IOException {
      to.flush();
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}

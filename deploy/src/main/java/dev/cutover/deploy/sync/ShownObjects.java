package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.contract.MessageCodec;
import dev.cutover.deploy.cli.Table;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.io.Console;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** A pass over two buckets in words, or as JSON. */
final class ShownObjects {
  private static final int LINE_EVERY = 10;

  private final PrintWriter out;
  private final boolean json;
  private final boolean terminal;
  private int told;

  ShownObjects(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
    this.terminal =
        !json && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  /** Once a second. */
  void show(ObjectsProgress progress) {
    if (json) {
      out.println(written(progress));
    } else if (terminal) {
      clear();
      out.print("\033[?7l" + line(progress) + "\033[?7h");
    } else if (told++ % LINE_EVERY == 0) {
      out.println(line(progress));
    }
    out.flush();
  }

  private static String line(ObjectsProgress progress) {
    return "%,d objects looked at, %,d the same, %,d copied, %s, %s/s%s"
        .formatted(
            progress.listed(),
            progress.same(),
            progress.copied(),
            ShownCopy.bytes(progress.bytes()),
            ShownCopy.bytes(progress.bytesPerSecond()),
            progress.faults() == 0 ? "" : ", %,d faults".formatted(progress.faults()));
  }

  /**
   * At the end.
   *
   * @param summary the sentence about it
   */
  void show(ObjectsCopied result, String summary) {
    clear();
    if (json) {
      out.println(written(result));
      out.flush();
      return;
    }
    result
        .faults()
        .forEach(
            fault ->
                out.println(Table.shown("Fault: '%s': %s".formatted(fault.key(), fault.reason()))));
    if (result.faultsTotal() > result.faults().size()) {
      out.printf("... and %,d more.%n", result.faultsTotal() - result.faults().size());
    }
    if (result.kept() > 0) {
      out.printf(
          "Note: %,d objects are on the target alone: they stay (--deletes mirror deletes them).%n",
          result.kept());
    }
    if (result.unproven() > 0) {
      out.printf(
          "Note: the source has no hash of the content of %,d objects: 'sync objects compare' reads both sides.%n",
          result.unproven());
    }
    out.println(summary);
    out.flush();
  }

  /** Takes the line of the terminal away. */
  void clear() {
    if (terminal) {
      out.print("\r\033[K");
      out.flush();
    }
  }

  private static String written(Object value) {
    try {
      return MessageCodec.mapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}

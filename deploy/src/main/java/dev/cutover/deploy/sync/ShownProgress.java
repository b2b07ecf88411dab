package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.contract.MessageCodec;
import java.io.Console;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * What is told about once a second: a line that is drawn over by the next one on a terminal, every
 * tenth elsewhere, all of them as JSON. Safe for use by many threads.
 */
final class ShownProgress {
  private static final int LINE_EVERY = 10;

  private final PrintWriter out;
  private final boolean json;
  private final boolean terminal;
  private int told;

  ShownProgress(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
    this.terminal =
        !json && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  synchronized void show(Object progress, String line) {
    if (json) {
      try {
        out.println(MessageCodec.mapper().writeValueAsString(progress));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    } else if (terminal) {
      // drawn over by the next one; cut at the edge instead of wrapped
      clear();
      out.print("\033[?7l" + line + "\033[?7h");
    } else if (told++ % LINE_EVERY == 0) {
      out.println(line);
    }
    out.flush();
  }

  /** Says how it ended; JSON has no such line. */
  synchronized void end(String sentence) {
    clear();
    if (!json) {
      out.println(sentence);
      out.flush();
    }
  }

  /** Makes room for something else. */
  synchronized void clear() {
    if (terminal) {
      out.print("\r\033[K");
    }
    out.flush();
  }
}

package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.contract.MessageCodec;
import dev.cutover.deploy.cli.Table;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.io.PrintWriter;

/** A pass over two buckets in words. */
final class ShownObjects {
  private ShownObjects() {}

  /** How far it is, on one line. */
  static String line(ObjectsProgress progress) {
    return "%,d objects looked at, %,d the same, %,d copied, %s, %s/s%s"
        .formatted(
            progress.listed(),
            progress.same(),
            progress.copied(),
            ShownCopy.bytes(progress.bytes()),
            ShownCopy.bytes(progress.bytesPerSecond()),
            progress.faults() == 0 ? "" : ", %,d faults".formatted(progress.faults()));
  }

  /** All that came of it, as JSON. */
  static String json(ObjectsCopied result) throws JsonProcessingException {
    return MessageCodec.mapper().writeValueAsString(result);
  }

  /**
   * All that came of it.
   *
   * @param summary the sentence about it
   */
  static void lines(ObjectsCopied result, String summary, PrintWriter out) {
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
  }
}

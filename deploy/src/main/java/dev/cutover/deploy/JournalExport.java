package dev.cutover.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MessageCodec;
import dev.cutover.orchestrator.adapter.JournalAudit;
import dev.cutover.runtime.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A journal as a file: each entry's stored bytes on a line, and a trailer on the last. Nothing else
 * is needed to check it, not even this program: the SHA-256 of a line without its end is what the
 * next one carries as {@code previous}, and the trailer as {@code head}.
 */
final class JournalExport {
  private JournalExport() {}

  private record Line(Trailer trailer) {}

  private record Trailer(CutoverId cutover, long events, String head) {}

  /** The lines of the file. */
  static List<String> lines(CutoverId cutover, List<Payload> entries, String head) {
    List<String> lines = new ArrayList<>();
    entries.forEach(entry -> lines.add(entry.text()));
    try {
      lines.add(
          MessageCodec.mapper()
              .writeValueAsString(new Line(new Trailer(cutover, entries.size(), head))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a trailer to have a JSON form", e);
    }
    return lines;
  }

  /**
   * Audits a file.
   *
   * @throws IOException when it can't be read, or its last line is no trailer
   */
  static JournalAudit.Result audit(Path file) throws IOException {
    // Bytes as they are: a flipped one may be no text any more.
    List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    Trailer trailer;
    try {
      trailer =
          MessageCodec.mapper()
              .readValue(lines.isEmpty() ? "" : lines.getLast(), Line.class)
              .trailer();
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Expected a trailer on the last line of %s, but line %d is none: its end is missing, or it is no exported journal"
              .formatted(file, lines.size()),
          e);
    }
    JournalAudit audit = new JournalAudit(trailer.cutover());
    for (int n = 1; n < lines.size(); n++) {
      byte[] stored = lines.get(n - 1).getBytes(StandardCharsets.ISO_8859_1);
      audit.add(Payload.of(stored), "line " + n);
    }
    audit.published(trailer.events(), trailer.head(), "the trailer");
    audit.endsAt(trailer.events(), "the trailer");
    return audit.result();
  }
}

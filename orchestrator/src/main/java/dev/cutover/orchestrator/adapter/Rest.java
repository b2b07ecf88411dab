package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Saga;
import dev.cutover.runtime.Received;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long nothing happens to a cutover by itself. The last record of its journal says so in a
 * header, so that an orchestrator that starts can leave a finished cutover's journal for later:
 * there are more of those with every year. The header is a hint alone: whatever is decided is
 * decided on the folded journal.
 *
 * @param since when it was decided
 * @param until when its next deadline passes; empty when none is left
 */
public record Rest(Instant since, Optional<Instant> until) {
  private static final Logger LOGGER = LoggerFactory.getLogger(Rest.class);

  /** An interval as in ISO 8601, with an open end written {@code ..}. */
  static final String HEADER = "rests";

  private static final String OPEN_END = "..";

  /** That of a cutover behind a decision; empty when something is under way. */
  static Optional<Rest> of(Cutover after, Instant now) {
    return Saga.rests(after) ? Optional.of(new Rest(now, Saga.nextDue(after))) : Optional.empty();
  }

  /** What a journal record says; empty when it says nothing, or nothing that can be read. */
  public static Optional<Rest> of(Received journal) {
    String text = journal.headers().get(HEADER);
    if (text == null) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    try {
      String end = text.substring(slash + 1);
      return Optional.of(
          new Rest(
              Instant.parse(text.substring(0, Math.max(0, slash))),
              end.equals(OPEN_END) ? Optional.empty() : Optional.of(Instant.parse(end))));
    } catch (DateTimeException e) {
      LOGGER
          .atWarn()
          .addKeyValue("place", journal.from() + "/" + journal.offset())
          .addKeyValue("header", text)
          .setCause(e)
          .log("header not understood: the journal is read at once");
      return Optional.empty();
    }
  }

  Map<String, String> header() {
    return Map.of(HEADER, since + "/" + until.map(Instant::toString).orElse(OPEN_END));
  }
}

package dev.cutover.orchestrator.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Chronicle;
import dev.cutover.orchestrator.domain.CutoverReport;
import dev.cutover.orchestrator.domain.SagaEvent.CutoverPlanned;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Topics;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Reports of cutovers, for programs and for people. */
public final class ReportReadings {
  private static final JsonMapper JSON = JournalCodec.mapper();

  private final StatusBoard board;
  private final Topics topics;
  private final JournalCodec codec = new JournalCodec();

  public ReportReadings(StatusBoard board, Topics topics) {
    this.board = board;
    this.topics = topics;
  }

  /** The report as JSON, and as a page. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/cutovers/{id}/report",
            (context, _) ->
                answer(
                    context,
                    (answering, report) ->
                        HttpAnswer.text(answering, 200, "application/json", written(report)))),
        Route.get(
            "/cutovers/{id}/report.html",
            (context, _) ->
                answer(
                    context,
                    (answering, report) ->
                        HttpAnswer.text(answering, 200, "text/html", ReportPage.of(report)))));
  }

  private void answer(RoutingContext context, BiConsumer<RoutingContext, CutoverReport> answering) {
    CutoverId id = new CutoverId(context.pathParam("id"));
    Optional<Chronicle.Read> read = read(id);
    if (read.isPresent()) {
      answering.accept(context, read.get().report());
    } else {
      HttpAnswer.problem(context, 404, missing(id));
    }
  }

  /** Why there is no report. */
  String missing(CutoverId id) {
    if (board.status(id).isEmpty()) {
      return Readings.unknown(id);
    }
    return board.journal(id, 0, Integer.MAX_VALUE).isPresent()
        ? "Expected a cutover that was planned, but every plan of %s was refused".formatted(id)
        : "Expected the whole journal of %s here, but it is kept only in topic %s"
            .formatted(id, topics.journal());
  }

  /** Reads the journal, whole; empty when it is not at hand, or nothing was planned. */
  Optional<Chronicle.Read> read(CutoverId id) {
    if (board.status(id).isEmpty()) {
      return Optional.empty();
    }
    return board.journal(id, 0, Integer.MAX_VALUE).flatMap(stored -> read(id, stored));
  }

  private Optional<Chronicle.Read> read(CutoverId id, List<String> stored) {
    List<Chronicle.Entry> entries = new ArrayList<>();
    for (String line : stored) {
      JournalEntry entry = codec.entry(line.getBytes(StandardCharsets.UTF_8));
      entries.add(new Chronicle.Entry(entry.at(), entry.event()));
    }
    return entries.stream().anyMatch(entry -> entry.event() instanceof CutoverPlanned)
        ? Optional.of(Chronicle.of(id, entries, Payload.of(stored.getLast()).sha256()))
        : Optional.empty();
  }

  static String written(Record value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every record to have a JSON form", e);
    }
  }
}

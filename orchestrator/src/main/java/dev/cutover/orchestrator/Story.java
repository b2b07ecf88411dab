package dev.cutover.orchestrator;

import dev.cutover.orchestrator.adapter.JournalCodec;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Decision;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaState;
import dev.cutover.orchestrator.domain.SagaView;
import dev.cutover.runtime.LogKeys;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The one place that logs transitions: read in order, its lines are the story of a cutover. */
final class Story {
  private static final Logger LOGGER = LoggerFactory.getLogger(Story.class);

  private Story() {}

  /**
   * Tells what a decision did: at INFO when the cutover moved, at WARN when it is held, at ERROR
   * when nobody can write and people are needed.
   */
  static void tell(Cutover before, Decision decision, String cause) {
    String from = position(before);
    String to = position(decision.after());
    List<String> events = decision.events().stream().map(JournalCodec::nameOf).toList();
    boolean paged = decision.events().stream().anyMatch(SagaEvent.OutagePaged.class::isInstance);
    Level level =
        paged
            ? Level.ERROR
            : from.equals(to)
                ? Level.DEBUG
                : decision.after().state() instanceof SagaState.Held ? Level.WARN : Level.INFO;
    LOGGER
        .atLevel(level)
        .addKeyValue(LogKeys.CUTOVER_ID, before.id())
        .addKeyValue(LogKeys.FROM, from)
        .addKeyValue(LogKeys.TO, to)
        .addKeyValue(LogKeys.REASON, SagaView.reason(decision.after().state()))
        .addKeyValue(LogKeys.CAUSE, cause)
        .addKeyValue("events", events)
        .log(paged ? "cutover needs people: nobody can write" : "cutover moved on");
  }

  /** State and stage, such as {@code running: fence and drain}. */
  static String position(Cutover cutover) {
    SagaState state = cutover.state();
    return switch (state) {
      case SagaState.Running(int stage) -> at(cutover, stage);
      case SagaState.Waiting(int stage, Instant _, Instant _) -> at(cutover, stage);
      case SagaState.Observing(int stage, Instant _, Instant _) -> at(cutover, stage);
      case SagaState.RollingBack(SagaState.Route route, int stage, boolean _) ->
          "%s: %s"
              .formatted(
                  state.label(),
                  route.stages().get(stage).stream()
                      .map(step -> step.step().name())
                      .collect(Collectors.joining(", ")));
      case SagaState.Planned _, SagaState.Prepared _, SagaState.Held _, SagaState.Finished _ ->
          state.label();
    };
  }

  private static String at(Cutover cutover, int stage) {
    return "%s: %s"
        .formatted(cutover.state().label(), cutover.requiredRunbook().stages().get(stage).name());
  }
}

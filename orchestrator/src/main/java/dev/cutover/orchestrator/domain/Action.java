package dev.cutover.orchestrator.domain;

import java.util.Locale;
import java.util.Optional;

/** What a step orders, and who does it. A closed vocabulary: a new one breaks every switch. */
public enum Action {
  CAPTURE_RECORDS(Receiver.DNS),
  LOWER_TTL(Receiver.DNS),
  WATCH_RECORDS(Receiver.DNS),
  WATCH_SCHEMA(Receiver.SYNC),
  STAGE_SWITCH(Receiver.DNS),
  PREPARE_REPLICATION(Receiver.SYNC),
  LEARN_BASELINE(Receiver.MONITOR),
  START_FORWARD_SYNC(Receiver.SYNC),
  COMPARE_DATA(Receiver.VALIDATOR),
  CHECK_TARGET(Receiver.VALIDATOR),
  START_REVERSE_SYNC(Receiver.SYNC),
  RENDER_SQL(Receiver.SYNC),
  WRITE_BUNDLE(Receiver.OUTBOUND),
  ALIGN_TARGET_SEQUENCES(Receiver.SYNC),
  PROVE_ROUND_TRIP(Receiver.SYNC),
  COMPARE_CHANGED(Receiver.VALIDATOR),
  FENCE_SOURCE(Receiver.SYNC),
  VALIDATE_FINAL(Receiver.VALIDATOR),
  VALIDATE_FULL(Receiver.VALIDATOR),
  SHIFT_TRAFFIC(Receiver.DNS),
  OPEN_TARGET(Receiver.SYNC),
  VERIFY_SPLIT(Receiver.DNS),
  VERIFY_SHIFT(Receiver.DNS),
  VERIFY_VIEW(Receiver.DNS),
  PUT_BACK_RECORDS(Receiver.DNS),
  WATCH_HEALTH(Receiver.MONITOR),
  CHECK_TARGET_WRITES(Receiver.VALIDATOR),
  FENCE_TARGET(Receiver.SYNC),
  REVERT_TRAFFIC(Receiver.DNS),
  DRAIN_REVERSE(Receiver.SYNC),
  EXPORT_DELTA(Receiver.SYNC),
  APPLY_DELTA(Receiver.SYNC),
  COUNT_LOSS(Receiver.SYNC),
  ALIGN_SOURCE_SEQUENCES(Receiver.SYNC),
  OPEN_SOURCE(Receiver.SYNC),
  VERIFY_REVERT(Receiver.DNS),
  VERIFY_REVERTED_VIEW(Receiver.DNS),
  CHECK_SOURCE(Receiver.VALIDATOR),
  STOP_WATCHING(Receiver.MONITOR),
  RESTORE_TTL(Receiver.DNS),
  DROP_REPLICATION(Receiver.SYNC),
  CALL_TEAM(Receiver.OUTBOUND),
  ASK_PARTICIPANT(Receiver.OUTBOUND),
  DO_BY_HAND(Receiver.PERSON),
  PROVE_FOR_TEAM(Receiver.VALIDATOR),
  RECHECK_TARGET(Receiver.VALIDATOR),
  RECHECK_COUNTS(Receiver.VALIDATOR),
  RECHECK_DATA(Receiver.VALIDATOR),
  RECHECK_STREAMS(Receiver.SYNC),
  RECHECK_TRAFFIC(Receiver.MONITOR),
  RECHECK_TICKET(Receiver.OUTBOUND),
  RECHECK_BACKUP(Receiver.OUTBOUND),
  QUERY_BACKUP(Receiver.VALIDATOR),
  ADOPT_DATABASES(Receiver.SYNC),
  ADOPT_SWITCH(Receiver.DNS),
  RECHECK_DATABASES(Receiver.SYNC),
  DRILL_FENCE(Receiver.SYNC),
  /** After the switch: what has changed, as the reverse stream brought it to the source. */
  RECHECK_CHANGED(Receiver.VALIDATOR);

  private final Receiver receiver;

  Action(Receiver receiver) {
    this.receiver = receiver;
  }

  /** The service that does it. */
  public Receiver receiver() {
    return receiver;
  }

  /** Name of the step, such as {@code fence-source}. */
  public String stepName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The action whose step has that name, or nothing. */
  public static Optional<Action> ofStepName(String name) {
    for (Action action : values()) {
      if (action.stepName().equals(name)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }

  /** The action that takes it back, if it leaves anything to be taken back. */
  public Optional<Action> undoneBy() {
    return switch (this) {
      case LOWER_TTL -> Optional.of(RESTORE_TTL);
      case PREPARE_REPLICATION -> Optional.of(DROP_REPLICATION);
      case FENCE_SOURCE -> Optional.of(OPEN_SOURCE);
      case SHIFT_TRAFFIC -> Optional.of(REVERT_TRAFFIC);
      case OPEN_TARGET -> Optional.of(FENCE_TARGET);
      case WATCH_HEALTH -> Optional.of(STOP_WATCHING);
      case CAPTURE_RECORDS,
          WATCH_RECORDS,
          WATCH_SCHEMA,
          STAGE_SWITCH,
          LEARN_BASELINE,
          START_FORWARD_SYNC,
          COMPARE_DATA,
          CHECK_TARGET,
          START_REVERSE_SYNC,
          RENDER_SQL,
          WRITE_BUNDLE,
          ALIGN_TARGET_SEQUENCES,
          PROVE_ROUND_TRIP,
          COMPARE_CHANGED,
          VALIDATE_FINAL,
          VALIDATE_FULL,
          VERIFY_SPLIT,
          VERIFY_SHIFT,
          VERIFY_VIEW,
          PUT_BACK_RECORDS, // the revert of the shift takes it along, whatever is there
          CHECK_TARGET_WRITES,
          FENCE_TARGET,
          REVERT_TRAFFIC,
          DRAIN_REVERSE,
          EXPORT_DELTA,
          APPLY_DELTA,
          COUNT_LOSS,
          ALIGN_SOURCE_SEQUENCES,
          OPEN_SOURCE,
          VERIFY_REVERT,
          VERIFY_REVERTED_VIEW,
          CHECK_SOURCE,
          STOP_WATCHING,
          RESTORE_TTL,
          DROP_REPLICATION,
          CALL_TEAM,
          ASK_PARTICIPANT,
          DO_BY_HAND,
          PROVE_FOR_TEAM,
          RECHECK_TARGET,
          RECHECK_COUNTS,
          RECHECK_DATA,
          RECHECK_STREAMS,
          RECHECK_TRAFFIC,
          RECHECK_TICKET,
          RECHECK_BACKUP,
          QUERY_BACKUP,
          ADOPT_DATABASES,
          ADOPT_SWITCH,
          RECHECK_DATABASES,
          DRILL_FENCE,
          RECHECK_CHANGED ->
          Optional.empty(); // what takes a team's step back is in its plan
    };
  }

  /** Whether it changes anything in the source, the target or the traffic; others only read. */
  public boolean changes() {
    return switch (this) {
      case LOWER_TTL,
          STAGE_SWITCH,
          PREPARE_REPLICATION,
          START_FORWARD_SYNC,
          START_REVERSE_SYNC,
          ALIGN_TARGET_SEQUENCES,
          PROVE_ROUND_TRIP,
          FENCE_SOURCE,
          SHIFT_TRAFFIC,
          OPEN_TARGET,
          CHECK_TARGET_WRITES,
          FENCE_TARGET,
          REVERT_TRAFFIC,
          PUT_BACK_RECORDS,
          DRAIN_REVERSE,
          ALIGN_SOURCE_SEQUENCES,
          OPEN_SOURCE,
          RESTORE_TTL,
          DROP_REPLICATION,
          APPLY_DELTA,
          COUNT_LOSS,
          CALL_TEAM,
          ASK_PARTICIPANT,
          DO_BY_HAND,
          DRILL_FENCE ->
          true;
      case CAPTURE_RECORDS,
          WATCH_RECORDS,
          WATCH_SCHEMA,
          LEARN_BASELINE,
          COMPARE_DATA,
          CHECK_TARGET,
          COMPARE_CHANGED,
          VALIDATE_FINAL,
          VALIDATE_FULL,
          EXPORT_DELTA,
          VERIFY_SPLIT,
          VERIFY_SHIFT,
          VERIFY_VIEW,
          WATCH_HEALTH,
          VERIFY_REVERT,
          VERIFY_REVERTED_VIEW,
          CHECK_SOURCE,
          STOP_WATCHING,
          PROVE_FOR_TEAM,
          RECHECK_TARGET,
          RECHECK_COUNTS,
          RECHECK_DATA,
          RECHECK_STREAMS,
          RECHECK_TRAFFIC,
          RECHECK_TICKET,
          RECHECK_BACKUP,
          QUERY_BACKUP,
          RENDER_SQL,
          WRITE_BUNDLE,
          ADOPT_DATABASES,
          ADOPT_SWITCH,
          RECHECK_DATABASES,
          RECHECK_CHANGED ->
          false;
    };
  }

  /**
   * Whether it goes on after its answer, and must be told again to a new instance of its service.
   */
  public boolean standing() {
    return endedBy().isPresent();
  }

  /** The action that ends it, where it goes on after its answer. */
  Optional<Action> endedBy() {
    return switch (this) {
      case WATCH_RECORDS -> Optional.of(RESTORE_TTL);
      case WATCH_SCHEMA, START_FORWARD_SYNC, START_REVERSE_SYNC -> Optional.of(DROP_REPLICATION);
      case WATCH_HEALTH -> Optional.of(STOP_WATCHING);
      default -> Optional.empty();
    };
  }

  /** Who takes commands. */
  public enum Receiver {
    DNS,
    SYNC,
    VALIDATOR,
    MONITOR,
    /** The orchestrator's own hands. */
    OUTBOUND,
    /** A person: nothing is sent, it is shown. */
    PERSON;

    /** For people, such as {@code the dns-service}. */
    String title() {
      return switch (this) {
        case DNS, SYNC, VALIDATOR, MONITOR -> "the " + wireName() + "-service";
        case OUTBOUND -> "the team's system";
        case PERSON -> "a person";
      };
    }

    /** Name in topics and messages, such as {@code dns}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

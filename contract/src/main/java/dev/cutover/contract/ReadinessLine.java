package dev.cutover.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What should be so before a cutover: the checklist of the migration runbook pattern in its order,
 * then three lines of our own. A closed vocabulary.
 */
public enum ReadinessLine {
  TTL_LOWERED(Weight.CRITICAL, "TTL of the names lowered 24 to 48 h before the switch"),
  ROLLBACK_TESTED(Weight.CRITICAL, "Rollback rehearsed end to end, with the way back of the data"),
  TARGET_HEALTHY(Weight.CRITICAL, "All services deployed on the target, and healthy"),
  DATA_VALIDATED(Weight.CRITICAL, "Data moved, and validated by counts, checksums and queries"),
  ROLLBACK_CRITERIA(Weight.CRITICAL, "Criteria of a rollback, and who decides"),
  WAR_ROOM(Weight.RECOMMENDED, "War room: channel, bridge, who is on call"),
  STAKEHOLDERS_NOTIFIED(Weight.RECOMMENDED, "Stakeholders told a week, a day and an hour before"),
  FUNCTIONAL_TESTS(Weight.RECOMMENDED, "Functional tests passed on the target"),
  MONITORING_ACTIVE(Weight.RECOMMENDED, "Both sides monitored"),
  ROLLBACK_STAGED(Weight.RECOMMENDED, "Records of the way back staged: one call"),
  QUIET_WINDOW(Weight.RECOMMENDED, "Quiet window, long enough with half as much again"),
  EXTERNAL_MONITORING(Weight.OPTIONAL, "Availability watched from outside"),
  CUSTOMER_COMMUNICATION(Weight.OPTIONAL, "What customers are told is prepared"),
  CHANGE_FREEZE(Weight.OPTIONAL, "Changes frozen on both sides, and none seen"),
  DECOMMISSION_PLANNED(Weight.OPTIONAL, "When the source goes is planned"),
  CHANGE_TICKET(Weight.CRITICAL, "Change ticket approved"),
  BACKUP_RESTORABLE(Weight.CRITICAL, "Restorable backup, young enough"),
  FENCE_COMPLETE(Weight.CRITICAL, "Fences of both databases reach every login");

  private final Weight weight;
  private final String title;

  ReadinessLine(Weight weight, String title) {
    this.weight = weight;
    this.title = title;
  }

  /** How much it counts; the pattern's own word for its lines. */
  public Weight weight() {
    return weight;
  }

  /** One line for people. */
  public String title() {
    return title;
  }

  /** Name in plans, requests and messages for people, such as {@code ttl-lowered}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The line of that name, or nothing. */
  public static Optional<ReadinessLine> named(String wireName) {
    return Arrays.stream(values()).filter(line -> line.wireName().equals(wireName)).findFirst();
  }

  /** How much a line counts. */
  public enum Weight {
    /** Neither proven nor signed, it stops the go. */
    CRITICAL,
    /** Neither proven nor signed, it warns. */
    RECOMMENDED,
    /** Only shown. */
    OPTIONAL
  }
}

package dev.cutover.orchestrator.domain;

import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.domain.Notices.Wording;
import java.util.List;

/**
 * The words that a plan may replace. {@code ${details}} is what every notice says: what, when,
 * impact, contact, and where it is not public the war room and who is on call.
 */
public final class NoticeTexts {
  /** Every variable that a text may use. */
  public static final List<String> VARIABLES =
      List.of(
          "cutover",
          "what",
          "impact",
          "contact",
          "statusPage",
          "bridge",
          "room",
          "primary",
          "secondary",
          "escalation",
          "date",
          "window",
          "zone",
          "opens",
          "closes",
          "outage",
          "now",
          "reason",
          "waitingFor",
          "serving",
          "summary",
          "evidence",
          "actor",
          "rollCall",
          "details");

  private NoticeTexts() {}

  /** The words of a kind, unless the plan has others. */
  public static Wording of(NoticeKind kind) {
    return switch (kind) {
      case WEEK_BEFORE ->
          wording(
              "Migration scheduled for ${date}: ${what}",
              "A migration is scheduled for ${window}.");
      case DAY_BEFORE ->
          wording(
              "Reminder: migration on ${date}: ${what}",
              """
              The migration begins at ${opens}; the maintenance window is ${window}.
              Writes are expected to be refused for at most ${outage}.""");
      case HOUR_BEFORE ->
          wording(
              "War room opens: ${what}",
              """
              The migration begins at ${opens}. The war room is open: please join and answer the \
              roll-call.
              Expected: ${rollCall}.""");
      case STARTED ->
          wording(
              "Maintenance in progress: ${what}",
              "Scheduled maintenance is in progress: the cutover has started at ${now}.");
      case COMPLETED ->
          wording(
              "Maintenance complete: ${what}",
              """
              Maintenance is complete at ${now}; all systems are operational.
              The cutover is done and is being watched for stability.""");
      case DAY_AFTER -> wording("After the cutover: ${what}", "${summary}\n\n${evidence}");
      case DELAYED ->
          wording(
              "Delayed: ${what}",
              """
              The migration planned for ${opens} has not begun at ${now}.
              It waits for ${waitingFor}. We tell you when it begins, or when it is put off.""");
      case HELD ->
          wording(
              "Held, a person must decide: ${what}",
              "The cutover is held at ${now}: ${reason}\nThe side that takes writes: ${serving}.");
      case RECORDS_CHANGED ->
          wording("Records were changed by somebody else: ${what}", "Seen at ${now}: ${reason}.");
      case RESUMED ->
          wording("Resumed: ${what}", "${actor} let the cutover go on at ${now}: ${reason}");
      case ROLLING_BACK ->
          wording(
              "Rolling back: ${what}",
              "Traffic and data go back to the source since ${now}, because: ${reason}");
      case ROLLED_BACK ->
          wording(
              "Rolled back: ${what}",
              """
              The source serves again at ${now}. The migration was rolled back, because: ${reason}
              A new date will be announced.""");
      case CORRECTION ->
          wording(
              "Correction: ${what}",
              """
              What we announced does not hold any more: ${reason}
              At ${now} the ${serving} serves. A new date will be announced.""");
      case POINT_OF_NO_RETURN ->
          wording(
              "Point of no return passed: ${what}",
              """
              At ${now} the way back to the source was given up: the target stays.
              From here on problems are fixed forward.""");
      case ABANDONED ->
          wording(
              "Cancelled: ${what}",
              "The migration was cancelled at ${now}. Nothing has changed: the ${serving} serves.");
    };
  }

  private static Wording wording(String subject, String text) {
    return new Wording(subject, text + "\n\n${details}\n");
  }
}

package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.Finding.Failed;
import dev.cutover.orchestrator.domain.Finding.Proven;
import dev.cutover.orchestrator.domain.Finding.Unproven;
import dev.cutover.orchestrator.domain.NoticeRecord.Status;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether people know what they must. Pure. */
final class Told {
  private Told() {}

  static Finding warRoom(Cutover cutover) {
    Notices.Facts facts = cutover.requiredPlan().notices().facts();
    if (facts.bridge().isEmpty() && facts.room().isEmpty()) {
      return new Unproven(
          "the plan names neither notices.warRoom.bridge nor notices.warRoom.channel");
    }
    return facts.primary().isEmpty()
        ? new Unproven("the plan names nobody on call: notices.warRoom.primary")
        : Finding.byPlan(
            "%s %s, on call %s".formatted(facts.bridge(), facts.room(), facts.primary()).strip(),
            "notices");
  }

  static Finding stakeholders(Cutover cutover) {
    if (cutover.requiredPlan().notices().channels().isEmpty()) {
      return new Unproven("the plan has no notices: nobody is told");
    }
    List<NoticeRecord> records = List.copyOf(cutover.correspondence().records().values());
    Optional<NoticeRecord> failed =
        records.stream().filter(record -> record.status() == Status.FAILED).findFirst();
    if (failed.isPresent()) {
      NoticeRecord record = failed.get();
      return new Failed(
          "%s was not delivered: %s".formatted(record.notice().id(), record.detail()),
          record.orderedAt(),
          "notices");
    }
    String delivered =
        records.stream()
            .filter(record -> record.status() == Status.DELIVERED)
            .map(record -> record.notice().kind().name())
            .distinct()
            .collect(Collectors.joining(", "));
    return delivered.isEmpty()
        ? new Unproven("nobody was told anything yet")
        : new Proven(delivered, Optional.empty(), "notices");
  }
}

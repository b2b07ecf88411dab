package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.SchemaObserved;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.ReadinessEvent.RecordsNoted;
import dev.cutover.orchestrator.domain.ReadinessEvent.SchemaNoted;
import java.util.List;
import java.util.Optional;

/** What the standing watches of the change freeze say: schemas and records. Pure. */
final class FreezeWatch {
  private FreezeWatch() {}

  /** A look at the schema of one side. */
  static void on(Draft draft, SchemaObserved observed) {
    if (Freeze.over(draft.cutover()) || !draft.ledger().done(Action.WATCH_SCHEMA)) {
      return;
    }
    note(draft, observed.side(), observed.drifts(), observed.blind(), observed.detail());
  }

  private static void note(
      Draft draft, Side side, List<String> drifts, boolean blind, String detail) {
    Optional<Seen.Look> known =
        Optional.ofNullable(draft.cutover().readiness().seen().schema().get(side));
    if (isNews(draft, known, drifts, blind)) {
      draft.add(new SchemaNoted(side, drifts, blind, detail, draft.now()));
      holdIfChanged(draft, known, drifts);
    }
  }

  /** A look at the switched records. */
  static void on(Draft draft, RecordsObserved observed) {
    boolean current =
        draft
            .ledger()
            .step(Action.WATCH_RECORDS)
            .filter(watch -> watch.epoch() == observed.epoch())
            .isPresent();
    if (!current || Freeze.over(draft.cutover())) {
      return;
    }
    Seen seen = draft.cutover().readiness().seen();
    List<String> drifts = observed.drifts().stream().map(FreezeWatch::sentence).toList();
    boolean blind = observed.verdict() == Verdict.BLIND;
    boolean valid = observed.stagedRevertValid();
    boolean news =
        isNews(draft, seen.records(), drifts, blind)
            || !seen.revertValid().equals(Optional.of(valid));
    if (news) {
      draft.add(new RecordsNoted(drifts, blind, valid, observed.detail(), draft.now()));
    }
    if (SwitchedDrift.concerns(draft.ledger())) {
      SwitchedDrift.on(draft, observed);
    } else if (news) {
      holdIfChanged(draft, seen.records(), drifts);
    }
  }

  static String sentence(RecordDrift drift) {
    return "%s %s%s at %s: expected %s, but found %s"
        .formatted(
            drift.expected().name(),
            drift.expected().type(),
            Views.in(drift.view().orElse("")),
            drift.server(),
            values(drift.expected()),
            values(drift.found()));
  }

  private static String values(RecordSet set) {
    return set.values().isEmpty()
        ? "none"
        : "%s for %d s".formatted(String.join(" ", set.values()), set.ttlSeconds());
  }

  /** The service looks no more: what was known last is not known to hold any longer. */
  static void lost(Draft draft, Action watch, String reason) {
    Seen seen = draft.cutover().readiness().seen();
    if (watch == Action.WATCH_RECORDS) {
      List<String> drifts = seen.records().map(Seen.Look::drifts).orElse(List.of());
      boolean valid = seen.revertValid().orElse(false);
      draft.add(new RecordsNoted(drifts, true, valid, reason, draft.now()));
      return;
    }
    for (Side side : Side.values()) {
      List<String> drifts =
          Optional.ofNullable(seen.schema().get(side)).map(Seen.Look::drifts).orElse(List.of());
      draft.add(new SchemaNoted(side, drifts, true, reason, draft.now()));
    }
  }

  /** Whether it is worth a line in the journal: it says something else, or nothing for long. */
  private static boolean isNews(
      Draft draft, Optional<Seen.Look> known, List<String> drifts, boolean blind) {
    return known.isEmpty()
        || known.get().blind() != blind
        || !known.get().drifts().equals(drifts)
        || !draft.now().isBefore(known.get().at().plus(Freeze.NOTED_EVERY));
  }

  /** A change before the fence, while it is frozen, stops until a person has looked at it. */
  private static void holdIfChanged(Draft draft, Optional<Seen.Look> known, List<String> drifts) {
    boolean changed =
        !drifts.isEmpty() && !known.map(Seen.Look::drifts).equals(Optional.of(drifts));
    boolean frozen =
        Freeze.from(draft.cutover()).filter(at -> !draft.now().isBefore(at)).isPresent();
    if (changed && frozen) {
      Replies.holdBeforeTheFence(
          draft, "changed during the change freeze: " + String.join("; ", drifts));
    }
  }
}

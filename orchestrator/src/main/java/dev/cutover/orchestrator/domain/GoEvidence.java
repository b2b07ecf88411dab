package dev.cutover.orchestrator.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * What people must have seen when they say yes. Only what would change their mind is in it: the
 * plan, what failed, was left out or is not ready, and what ails the way back; so that a heartbeat
 * does not make an approval old, and a failure does. Pure.
 *
 * @param facts one a line, in the order in which they are shown
 */
record GoEvidence(List<String> facts) {
  GoEvidence {
    facts = List.copyOf(facts);
  }

  static GoEvidence of(Cutover cutover) {
    People people = cutover.people();
    List<String> facts = new ArrayList<>();
    facts.add("plan " + people.authorship().hash());
    facts.add("go " + people.round());
    for (StepRecord record : cutover.ledger().steps().values()) {
      switch (record.status()) {
        case FAILED -> facts.add("failed: " + record.step().name());
        case SKIPPED -> facts.add("left out: " + record.step().name());
        case SHOWN, SENT, RETRYING, DONE -> {}
      }
    }
    cutover.readiness().open().forEach(line -> facts.add("open: " + line.wireName()));
    facts.addAll(Forecasts.evidence(cutover));
    if (cutover.world().wayBack().isPresent()) {
      facts.add("the way back is broken");
    }
    if (people.disarmed().isPresent()) {
      facts.add("nothing rolls back by itself");
    }
    return new GoEvidence(facts);
  }

  /** SHA-256 of the facts. */
  String hash() {
    return Sha256.of(String.join("\n", facts));
  }
}

package dev.cutover.orchestrator.domain;

/**
 * The pattern's maintenance window: source read-only, last changes drained, everything compared,
 * traffic moved and proven, the target looked at; only then does it take writes.
 */
final class BigBangRunbook {
  private BigBangRunbook() {}

  static Runbook of(Plan plan) {
    return new Stages(plan)
        .prepare()
        .validate()
        .armTheWayBack()
        .go()
        .fence()
        .validateInFull()
        .shift()
        .verifyBeforeOpening()
        .open()
        .startWatch()
        .verifyViews()
        .observe()
        .end()
        .runbook();
  }
}

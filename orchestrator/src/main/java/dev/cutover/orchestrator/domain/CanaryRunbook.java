package dev.cutover.orchestrator.domain;

/** Traffic share by share, judged at each; data is shared or accepted as parted, never moved. */
final class CanaryRunbook {
  private CanaryRunbook() {}

  static Runbook of(Plan plan, Strategy.Canary canary) {
    return new Stages(plan)
        .prepare()
        .validate()
        .armTheWayBack()
        .go()
        .shift(canary)
        .verifyAll()
        .observe()
        .end()
        .runbook();
  }
}

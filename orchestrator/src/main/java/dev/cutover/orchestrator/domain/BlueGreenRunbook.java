package dev.cutover.orchestrator.domain;

/** Target beside source, one switch, writes on the target as soon as the switch is accepted. */
final class BlueGreenRunbook {
  private BlueGreenRunbook() {}

  static Runbook of(Plan plan) {
    return new Stages(plan)
        .prepare()
        .validate()
        .armTheWayBack()
        .go()
        .compareChanged()
        .fence()
        .validateFinal()
        .shift()
        .open()
        .verify()
        .observe()
        .end()
        .runbook();
  }
}

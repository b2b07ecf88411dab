package dev.cutover.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ShownTest {
  @Test
  void shouldShowWhereACutoverStands() {
    assertThat(
            Shown.status(
                ApiClient.json(
                    """
                    {"cutover":"shop","sequence":7,"at":"2026-11-01T00:00:00Z","state":"waiting","outcome":null,
                     "reason":"","waitingFor":"go from 2 people","serving":"SOURCE","outageDeadline":null,
                     "approvedBy":["ada"],"readiness":{"forecast":{"rollback":null,
                     "writeOutage":{"ms":760,"boundMs":120000,"fit":"WITHIN","parts":[],"rehearsedMs":null}}},
                     "steps":[
                     {"step":"lower-ttl","service":"dns","progress":"DONE","attempt":2,
                      "sentAt":"2026-11-01T00:00:00Z","endedAt":"2026-11-01T00:00:01.250Z","detail":"everywhere"},
                     {"step":"shift-traffic","service":"dns","progress":"TO_DO","attempt":0,
                      "sentAt":null,"endedAt":null,"detail":""}]}
                    """)))
        .containsExactly(
            "shop: waiting",
            "  serving       SOURCE",
            "  waits for     go from 2 people",
            "  approved by   ada",
            "  write outage  about 760 ms of at most 120000 ms (within)",
            "  as of         2026-11-01T00:00:00Z, event 7",
            "",
            "step           service  progress  tries  took     detail",
            "lower-ttl      dns      done      2      1250 ms  everywhere",
            "shift-traffic  dns      to do");
  }

  @Test
  void shouldShowAnEntryOnOneLineWithoutWhatDrivesATerminal() {
    assertThat(
            Shown.entry(
                ApiClient.json(
                    """
                    {"sequence":12,"at":"2026-11-01T00:00:00Z","event":{"type":"saga.cutover-held.v1",
                     "reason":"look\\n\\u001b[31mred","at":"2026-11-01T00:00:00Z","step":{"name":"drain"}}}
                    """)))
        .isEqualTo("   12  2026-11-01T00:00:00Z  cutover-held  reason=look [31mred step=drain");
  }
}

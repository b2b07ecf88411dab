package dev.cutover.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ShownReadinessTest {
  @Test
  void shouldShowWhatIsMissingBeforeGo() {
    assertThat(
            ShownReadiness.lines(
                ApiClient.json(
                    """
                    {"cutover":"shop","at":"2026-11-01T00:00:00Z","readiness":{"ready":false,"evidence":[],
                     "lines":[
                     {"line":"TTL_LOWERED","weight":"CRITICAL","verdict":"PROVEN","detail":"60 s everywhere",
                      "at":null,"origin":"lower-ttl","until":null},
                     {"line":"WAR_ROOM","weight":"RECOMMENDED","verdict":"NOT_APPLICABLE","detail":"",
                      "at":null,"origin":"","until":"2026-11-02T00:00:00Z"}],
                     "warnings":["window: it no longer fits"],
                     "wayBack":{"works":false,"restoreSeconds":null,
                      "facts":[{"name":"reverse stream","standing":"BAD","detail":"it is down"}]},
                     "freeze":{},"time":{}}}
                    """)))
        .containsExactly(
            "shop: not ready",
            "line         weight       verdict         detail           until",
            "ttl-lowered  critical     proven          60 s everywhere",
            "war-room     recommended  not applicable                   2026-11-02T00:00:00Z",
            "",
            "the way back is not proven",
            "  reverse stream, bad: it is down",
            "warning: window: it no longer fits");
  }

  @Test
  void shouldShowWhoFreezesAndWhatWasChangedAllTheSame() {
    assertThat(
            ShownReadiness.freeze(
                ApiClient.json(
                    """
                    {"frozen":true,"at":"2026-11-01T00:00:00Z","freezes":[
                     {"cutover":"shop","from":"2026-10-30T00:00:00Z","until":null,"names":[],"databases":[],
                      "drifts":["a column of public.orders"]}]}
                    """)))
        .containsExactly(
            "frozen by shop since 2026-10-30T00:00:00Z, until the point of no return",
            "  changed all the same: a column of public.orders");
    assertThat(ShownReadiness.freeze(ApiClient.json("{\"frozen\":false,\"freezes\":[]}")))
        .containsExactly("free");
  }
}

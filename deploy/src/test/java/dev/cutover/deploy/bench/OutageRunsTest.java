package dev.cutover.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.deploy.bench.OutageRuns.Way;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OutageRunsTest {
  private static final Instant FROM = Instant.parse("2026-12-01T04:00:00Z");

  @Test
  void shouldShareTheWholeOutageOutAmongItsStages() {
    // given steps of one stage that end one after the other
    Map<String, Instant> endedAt =
        Map.of(
            "fence-target", FROM.plusMillis(90),
            "revert-traffic", FROM.plusMillis(40),
            "drain-reverse", FROM.plusMillis(150),
            "align-source-sequences", FROM.plusMillis(160));

    // when
    Way way = Way.of(FROM, FROM.plusMillis(200), OutageRuns.BACK, endedAt, Map.of());

    // then
    assertThat(way.outageMs()).isEqualTo(200);
    assertThat(way.stagesMs())
        .containsExactly(
            Map.entry("fence and revert", 90.0),
            Map.entry("drain", 60.0),
            Map.entry("sequences", 10.0),
            Map.entry("open, and the first write", 40.0));
  }
}

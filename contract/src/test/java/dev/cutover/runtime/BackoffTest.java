package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  @Test
  void shouldRefuseBoundsThatContradict() {
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), 3))
        .hasMessageContaining("Expected 0 < first <= max");
  }

  @Test
  void shouldDoubleUpToTheBound() {
    // given
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), 3);
    Random random = new Random(1);

    // when
    Duration first = backoff.delay(1, random);
    Duration late = backoff.delay(1_000, random);

    // then
    assertThat(first).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(late).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(backoff.allowsAfter(2)).isTrue();
    assertThat(backoff.allowsAfter(3)).isFalse();
  }
}

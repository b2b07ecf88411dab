package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkPlannerTest {
  @Test
  void shouldKeepChunksASmallPartOfTheirTable() {
    // given
    ChunkPlanner planner = ChunkPlanner.start(3_200_000);

    // when
    for (int i = 0; i < 10; i++) {
      planner = planner.after(planner.rows(), Duration.ofMillis(1));
    }

    // then
    assertThat(planner.rows()).isEqualTo(100_000);
  }

  @Test
  void shouldPlanByWhatWasReadWhenSeveralChunksWerePlannedAhead() {
    // given
    ChunkPlanner planner = ChunkPlanner.start(100_000_000);

    // when: three of the first size were under way before the first was done
    for (int i = 0; i < 3; i++) {
      planner = planner.after(5_000, Duration.ofMillis(250));
    }

    // then
    assertThat(planner.rows()).isEqualTo(10_000);
  }

  @Test
  void shouldReadLessWhenChunksTakeLong() {
    // when
    ChunkPlanner planner = ChunkPlanner.start(0).after(5_000, Duration.ofSeconds(9));

    // then
    assertThat(planner.rows()).isEqualTo(2_500);
  }
}

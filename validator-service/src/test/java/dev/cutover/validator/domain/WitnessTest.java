package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.validator.domain.Witness.State;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WitnessTest {
  private static final Applied NOTHING = new Applied.UpTo(0);
  private static final Applied ALL = new Applied.UpTo(Long.MAX_VALUE);

  private static SourcePoint point(long lsn) {
    return new SourcePoint(lsn, Instant.EPOCH.plusMillis(lsn));
  }

  @Test
  void shouldStayPendingWhenTargetHasNotCaughtUp() {
    // given
    Witness<String> witness = Witness.<String>unseen().sourceShows("new", point(10));

    // when
    for (int i = 0; i < 10; i++) {
      witness = witness.targetShows("old", NOTHING).sourceShows("new", point(20 + i));
    }

    // then
    assertThat(witness.state()).isEqualTo(State.PENDING);
  }

  @Test
  void shouldBeDifferentOnlyAfterThreeReadingsWhenTargetHasCaughtUp() {
    // given
    Witness<String> witness = Witness.<String>unseen().sourceShows("a", point(10));

    // when
    Witness<String> twice =
        witness
            .targetShows("b", ALL)
            .sourceShows("a", point(11))
            .targetShows("b", ALL)
            .sourceShows("a", point(12));
    Witness<String> thrice = twice.targetShows("b", ALL).sourceShows("a", point(13));

    // then
    assertThat(twice.state()).isEqualTo(State.PENDING);
    assertThat(thrice.state()).isEqualTo(State.DIFFERENT);
  }

  @Test
  void shouldBeginAnewWhenSourceChanges() {
    // given
    Witness<String> witness =
        Witness.<String>unseen()
            .sourceShows("a", point(10))
            .targetShows("x", ALL)
            .sourceShows("a", point(11))
            .targetShows("x", ALL)
            .sourceShows("a", point(12))
            .targetShows("x", ALL);

    // when
    Witness<String> changed = witness.sourceShows("b", point(13));

    // then
    assertThat(changed.state()).isEqualTo(State.PENDING);
    assertThat(changed.confirmations()).isZero();
    assertThat(changed.since()).isEqualTo(point(13));
  }

  @Test
  void shouldCountAnewWhenTargetStillMoves() {
    // given
    Witness<String> witness = Witness.<String>unseen().sourceShows("a", point(10));

    // when
    for (String value : new String[] {"u", "v", "w", "x"}) {
      witness = witness.targetShows(value, ALL).sourceShows("a", point(11));
    }

    // then
    assertThat(witness.state()).isEqualTo(State.PENDING);
  }

  @Test
  void shouldBeSameWhenTargetShowsWhatSourceHasShownBefore() {
    // given
    Witness<String> witness =
        Witness.<String>unseen().sourceShows("a", point(10)).sourceShows("b", point(11));

    // when, then
    assertThat(witness.targetShows("a", NOTHING).state()).isEqualTo(State.SAME);
  }

  @Test
  void shouldBeSameWhenSourceShowsAfterwardsWhatTargetHadShown() {
    // given: the change came between the two reads and was applied at once
    Witness<String> witness =
        Witness.<String>unseen().sourceShows("a", point(10)).targetShows("b", ALL);

    // when, then
    assertThat(witness.sourceShows("b", point(11)).state()).isEqualTo(State.SAME);
  }
}

package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Side;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GapMeterTest {
  private final GapMeter meter = new GapMeter(7);

  @Test
  void shouldMeasureFromTheFirstRefusalToTheFirstWriteAfterItThatWentThrough() {
    // when
    acknowledged(10, 12, Side.SOURCE);
    refused(20);
    refused(30);
    acknowledged(90, 95, Side.TARGET);

    // then
    assertThat(meter.gaps())
        .containsExactly(new GapMeter.Gap(7, at(20), at(95), at(0), Side.TARGET));
  }

  @Test
  void shouldNotCountTheTimeOfALongWriteBesideWhichOthersWentThrough() {
    // when
    acknowledged(1500, 1510, Side.SOURCE);
    refused(100); // held its transaction open for 1.5 s, and lost it to the fence
    refused(1600);
    acknowledged(1900, 1910, Side.TARGET);

    // then
    assertThat(meter.gaps()).extracting(GapMeter.Gap::ms).containsExactly(310L);
  }

  @Test
  void shouldNotEndByAnAnswerToAWriteFromBefore() {
    // when
    refused(20);
    acknowledged(19, 60, Side.SOURCE);

    // then
    assertThat(meter.gaps()).isEmpty();

    // when
    acknowledged(70, 75, Side.TARGET);

    // then
    assertThat(meter.gaps()).extracting(GapMeter.Gap::ms).containsExactly(55L);
  }

  private void refused(long sentMs) {
    meter.refused(at(sentMs));
  }

  private void acknowledged(long sentMs, long answeredMs, Side side) {
    meter.acknowledged(at(sentMs), at(answeredMs), at(0), side);
  }

  private static Instant at(long ms) {
    return Instant.ofEpochMilli(ms);
  }
}

package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Forecast;
import dev.cutover.contract.Forecast.Basis;
import dev.cutover.contract.Forecast.Drill;
import dev.cutover.contract.Forecast.Expected;
import dev.cutover.contract.Forecast.Fit;
import dev.cutover.contract.Forecast.Part;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long it is said to take, and why. */
final class PredictionTest {
  private static final Instant AT = Instant.parse("2026-12-01T02:00:00Z");
  private static final Plan.Bounds BOUNDS = Plans.shop(new CutoverId("shop")).bounds();
  private static final Drill DRILL = new Drill(AT, 18, 40, 12, 70, 0, 5);

  private Optional<Drill> drill = Optional.empty();
  private Optional<Long> oldest = Optional.empty();
  private Optional<Foresight.Stream> forward = Optional.empty();
  private Optional<Long> reverseMs = Optional.empty();
  private Optional<Long> reverseLagMs = Optional.empty();
  private Optional<SwitchFigures> rehearsed = Optional.empty();
  private long objectsMs;
  private boolean fences = true;
  private boolean endsBlockers = true;
  private Duration ttl = Duration.ZERO;

  @Test
  void shouldCountTheObjectsOnBothWays() {
    // given
    objectsMs = 20_000;

    // when
    Forecast forecast = predict();

    // then
    assertThat(part(forecast.writeOutage(), "objects").ms()).isEqualTo(20_000);
    assertThat(part(forecast.rollback(), "objects").basis()).isEqualTo(Basis.PLANNED);
  }

  private Forecast predict() {
    return Prediction.of(
        new Prediction.Facts(
            fences,
            true,
            true,
            BOUNDS,
            new Part("final validation", 500, Basis.PLANNED, "at most"),
            0,
            ttl,
            Duration.ofSeconds(62),
            drill,
            oldest,
            endsBlockers,
            forward,
            Optional.empty(),
            reverseMs,
            reverseLagMs,
            Optional.of(300L),
            Optional.empty(),
            rehearsed,
            objectsMs));
  }

  private static Part part(Optional<Expected> of, String name) {
    return of.orElseThrow().parts().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldSayThatItIsAssumedWhenNothingWasMeasured() {
    // when
    Forecast forecast = predict();

    // then
    assertThat(part(forecast.writeOutage(), "fence").basis()).isEqualTo(Basis.ASSUMED);
    assertThat(part(forecast.writeOutage(), "drain").basis()).isEqualTo(Basis.ASSUMED);
    assertThat(part(forecast.writeOutage(), "final validation").ms()).isEqualTo(500);
    assertThat(forecast.writeOutage().orElseThrow().ms())
        .isEqualTo(forecast.writeOutage().get().parts().stream().mapToLong(Part::ms).sum());
    assertThat(forecast.cachesSeconds()).contains(62L);
    assertThat(forecast.detectionSeconds()).isEmpty();
  }

  @Test
  void shouldRestOnTheDrillUnlessAnOlderTransactionIsOpenNow() {
    // given
    drill = Optional.of(DRILL);

    // when, then
    assertThat(part(predict().writeOutage(), "fence"))
        .isEqualTo(new Part("fence", 18, Basis.MEASURED, "drilled on the source at " + AT));
    assertThat(part(predict().writeOutage(), "drain").ms()).isEqualTo(40);
    oldest = Optional.of(7_000L);
    assertThat(part(predict().writeOutage(), "fence").ms()).isEqualTo(1_500);
    assertThat(part(predict().writeOutage(), "fence").detail()).contains("end what is in its way");
    endsBlockers = false;
    assertThat(part(predict().writeOutage(), "fence").ms()).isEqualTo(7_000);
  }

  @Test
  void shouldDrainALagAtThePaceAtWhichItIsApplied() {
    // given
    drill = Optional.of(DRILL);
    forward = Optional.of(new Foresight.Stream(true, 4_000, 0.5, AT));

    // when, then
    assertThat(part(predict().writeOutage(), "drain").ms()).isEqualTo(8_000);
    assertThat(part(predict().writeOutage(), "drain").detail()).contains("4000 ms behind");
  }

  @Test
  void shouldTakeTheRehearsalsFiguresInThePlaceOfBounds() {
    // given
    rehearsed =
        Optional.of(
            new SwitchFigures(
                Optional.of(21L),
                Optional.of(33L),
                Optional.of(120L),
                Optional.of(90L),
                Optional.of(15L),
                Optional.of(420L),
                Optional.of(800L)));

    // when
    Forecast forecast = predict();

    // then
    assertThat(part(forecast.writeOutage(), "final validation").ms()).isEqualTo(120);
    assertThat(part(forecast.writeOutage(), "final validation").basis()).isEqualTo(Basis.REHEARSED);
    assertThat(part(forecast.writeOutage(), "fence").ms()).isEqualTo(21);
    assertThat(part(forecast.writeOutage(), "DNS acceptance").ms()).isEqualTo(300);
    assertThat(forecast.writeOutage().orElseThrow().rehearsedMs()).contains(420L);
    assertThat(forecast.rollback().orElseThrow().rehearsedMs()).contains(800L);
  }

  @Test
  void shouldDrainTheReverseStreamsLagOnTheWayBack() {
    // given
    reverseMs = Optional.of(25L);
    assertThat(part(predict().rollback(), "reverse drain").ms()).isEqualTo(25);

    // when
    reverseLagMs = Optional.of(90_000L);

    // then
    assertThat(part(predict().rollback(), "reverse drain").ms()).isEqualTo(90_000);
    assertThat(predict().rollback().orElseThrow().fit()).isEqualTo(Fit.OVER);
  }

  @Test
  void shouldWaitTheTtlOutInsideTheOutageWhereTheTargetOpensAfterIt() {
    // given
    ttl = Duration.ofSeconds(62);

    // when, then
    assertThat(part(predict().writeOutage(), "TTL").ms()).isEqualTo(62_000);
  }

  @Test
  void shouldSayNothingOfAnOutageWhenNothingIsFenced() {
    // given
    fences = false;

    // when, then
    assertThat(predict().writeOutage()).isEmpty();
    assertThat(predict().rollback().orElseThrow().parts())
        .extracting(Part::name)
        .containsExactly("DNS revert");
  }

  @ParameterizedTest
  @CsvSource({"5000, WITHIN", "5001, TIGHT", "15000, TIGHT", "15001, OVER"})
  void shouldCallItTightAboveAQuarterAndOverWhereItWouldGoBack(long ms, Fit fit) {
    assertThat(Prediction.fit(ms, BOUNDS.maxWriteOutage(), BOUNDS.goBackAfter())).isEqualTo(fit);
  }
}

package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.TeamStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans of rehearsals, made from plans of production. */
final class RehearsalYamlTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  private static final String PRODUCTION =
      """
      cutover: shop
      approvers: [ana, bo]
      window: {zone: UTC, opens: 2036-12-01T02:00, closes: 2036-12-01T04:00}
      data:
        name: shop_slots
        source: {host: a, database: shop, credential: shop-source}
        target: {host: b, database: shop, credential: shop-target}
        tables: [public.orders]
      traffic:
        zone: example.com.
        primary: 192.0.2.53:53
        tsigKey: key
        names:
          - name: shop.example.com.
            source: [{type: A, values: [192.0.2.10]}]
            target: [{type: A, values: [198.51.100.10]}]
      steps:
        - {name: tell-cache, at: beforeFence, owner: ana, http: {url: "http://cache.example.com/flush", method: POST}}
      bounds: {maxWriteOutage: 60s, switchStep: 20s}
      rehearsal:
        plan:
          data:
            source: {host: stage-a, database: shop, credential: stage-source}
            target: {host: stage-b, database: shop, credential: stage-target}
          traffic:
            names:
              - name: shop-stage.example.com.
                source: [{type: A, values: [192.0.2.110]}]
                target: [{type: A, values: [198.51.100.110]}]
          bounds: {maxWriteOutage: 30s}
        fault:
          http: {url: "http://198.51.100.110:8080/faults", method: POST}
          undo: {http: {url: "http://198.51.100.110:8080/faults", method: DELETE}}
      """;

  private static RehearsalYaml.Reading.Accepted accepted(String production) {
    RehearsalYaml.Reading reading = RehearsalYaml.of(production, NOW);
    assertThat(reading).isInstanceOf(RehearsalYaml.Reading.Accepted.class);
    return (RehearsalYaml.Reading.Accepted) reading;
  }

  private static List<String> faults(String production) {
    RehearsalYaml.Reading reading = RehearsalYaml.of(production, NOW);
    assertThat(reading).isInstanceOf(RehearsalYaml.Reading.Faulty.class);
    return ((RehearsalYaml.Reading.Faulty) reading).faults();
  }

  @Test
  void shouldTakeOverThePlanWithOtherPlacesAndMarkIt() {
    // when
    Plan plan = accepted(PRODUCTION).rehearsal();

    // then
    assertThat(plan.id().value()).isEqualTo("shop-rehearsal");
    assertThat(plan.rehearsal().marked()).isTrue();
    assertThat(plan.rehearsal().rehearses().orElseThrow().of().value()).isEqualTo("shop");
    assertThat(plan.data().orElseThrow().source().host()).isEqualTo("stage-a");
    assertThat(plan.data().orElseThrow().name()).isEqualTo("shop_rehearsal");
    assertThat(plan.data().orElseThrow().tables()).hasSize(1);
    assertThat(plan.trafficSwitch().orElseThrow().zone()).isEqualTo("example.com.");
    assertThat(plan.trafficSwitch().orElseThrow().names().getFirst().name())
        .isEqualTo("shop-stage.example.com.");
    assertThat(plan.bounds().maxWriteOutage()).hasSeconds(30);
    assertThat(plan.bounds().switchStep()).hasSeconds(20);
    assertThat(plan.window().opensAt()).isEmpty();
    assertThat(plan.readiness().requireCritical()).isFalse();
  }

  @Test
  void shouldBreakTheTargetOnPurposeAndLeaveTheTeamsStepsOut() {
    // when
    Plan plan = accepted(PRODUCTION).rehearsal();

    // then
    assertThat(plan.teamSteps()).extracting(TeamStep::name).containsExactly("rehearsal-fault");
    assertThat(plan.teamSteps().getFirst().place()).isEqualTo(TeamStep.Place.AFTER_OPENING);
    assertThat(plan.teamSteps().getFirst().undo()).isPresent();
    assertThat(plan.rehearsal().rehearses().orElseThrow().withFault()).isTrue();
  }

  @Test
  void shouldCarryTheSubjectOfProductionsPlan() {
    // when
    Plan plan = accepted(PRODUCTION).rehearsal();

    // then
    String subject = subject(PRODUCTION);
    assertThat(plan.rehearsal().rehearses().orElseThrow().subject()).isEqualTo(subject);
    assertThat(subject(PRODUCTION.replace("04:00", "05:00"))).isEqualTo(subject);
    assertThat(subject(PRODUCTION.replace("[ana, bo]", "[ana, bo, cy]"))).isEqualTo(subject);
    assertThat(subject(PRODUCTION.replace("maxWriteOutage: 60s", "maxWriteOutage: 61s")))
        .isNotEqualTo(subject);
  }

  private static String subject(String yaml) {
    return ((PlanYaml.Reading.Accepted) PlanYaml.read(yaml, NOW)).plan().rehearsal().subject();
  }

  @Test
  void shouldRefuseWhenADatabaseOfProductionWouldBeTouched() {
    assertThat(faults(PRODUCTION.replace("host: stage-b", "host: B")))
        .singleElement()
        .asString()
        .contains("touch nothing of production", "database b:5432/shop");
  }

  @Test
  void shouldRefuseWhenANameOfProductionWouldBeTouched() {
    assertThat(faults(PRODUCTION.replace("shop-stage.example.com.", "shop.example.com.")))
        .singleElement()
        .asString()
        .contains("name shop.example.com.");
  }

  @Test
  void shouldRefuseWhenTheFaultWouldHitASystemOfProduction() {
    assertThat(faults(PRODUCTION.replace("http://198.51.100.110:8080", "http://cache.example.com")))
        .singleElement()
        .asString()
        .contains("host cache.example.com:80");
  }

  @Test
  void shouldRefuseWhenTheFaultWouldBreakWhatProductionWatches() {
    // given
    String watch =
        "watch: {source: {probe: \"http://192.0.2.10\"}, target: {probe: \"http://198.51.100.10\"}, "
            + "journeys: [{name: home, steps: [{name: get, path: /}]}]}\n";

    // when, then
    assertThat(
            faults(
                watch + PRODUCTION.replace("http://198.51.100.110:8080", "http://198.51.100.10")))
        .singleElement()
        .asString()
        .contains("host 198.51.100.10:80");
  }

  @Test
  void shouldRefuseWhenThePlanSaysNothingOfARehearsal() {
    String without = PRODUCTION.substring(0, PRODUCTION.indexOf("rehearsal:\n"));
    assertThat(faults(without)).singleElement().asString().contains("section 'rehearsal'");
    assertThat(faults(without + "rehearsal: true\n"))
        .singleElement()
        .asString()
        .contains("is a rehearsal itself");
  }

  @Test
  void shouldSayWhatIsWrongInThePlanThatWasMade() {
    assertThat(faults(PRODUCTION.replace("maxWriteOutage: 30s", "maxWriteOutage: 10s")))
        .singleElement()
        .asString()
        .startsWith("in the plan of the rehearsal, line")
        .contains("switchStep");
  }

  @Test
  void shouldRehearseTheExample() throws IOException {
    // when
    Plan plan =
        accepted(Files.readString(Path.of("src/main/resources/plan-example.yaml"))).rehearsal();

    // then
    assertThat(plan.id().value()).isEqualTo("shop-2026-rehearsal");
    assertThat(plan.notices().channels()).isEmpty();
  }
}

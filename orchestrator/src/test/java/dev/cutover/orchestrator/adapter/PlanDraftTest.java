package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import dev.cutover.orchestrator.domain.Advice;
import dev.cutover.orchestrator.domain.Advice.Approach;
import dev.cutover.orchestrator.domain.Advice.Proposal;
import dev.cutover.orchestrator.domain.Advice.TrafficWay;
import dev.cutover.orchestrator.domain.Advice.WayBackChoice;
import dev.cutover.orchestrator.domain.Chosen;
import dev.cutover.orchestrator.domain.DataLayer;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.Runbook;
import dev.cutover.orchestrator.domain.RunbookTable;
import dev.cutover.orchestrator.domain.Situation;
import dev.cutover.orchestrator.domain.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever is answered and chosen, the plan that is written can be carried out. */
final class PlanDraftTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final List<Boolean> BOTH = List.of(true, false);

  @Test
  void shouldWriteAPlanThatPassesForEverySituation() {
    int plans = 0;
    for (Situation at : situations()) {
      Advice advice = Advice.of(at);
      Plan plan = accepted(new Chosen(at, advice.strategy(), advice.rollback(), advice.traffic()));
      assertThat(plan.decisions()).hasSize(3);
      assertThat(plan.dataLayer()).isEqualTo(at.data());
      assertThat(plan.rollback().way()).isEqualTo(advice.rollback().choice().way());
      assertThat(plan.rollback().window()).isEqualTo(advice.rollback().choice().window());
      assertThat(plan.data().isPresent()).isEqualTo(at.data() == DataLayer.REPLICATED);
      plans++;
    }
    assertThat(plans).isEqualTo(2 * 2 * 2 * 2 * 3 * 2 * 2 * (6 + 3) * 2);
  }

  @Test
  void shouldWriteAPlanThatPassesForEveryChoiceThatCanBe() {
    for (DataLayer data : DataLayer.values()) {
      for (boolean schema : BOTH) {
        for (Where where : Where.all()) {
          Situation at =
              new Situation(
                  12,
                  true,
                  false,
                  true,
                  data,
                  true,
                  schema,
                  where.balancer(),
                  where.provider(),
                  where.proxied(),
                  true,
                  Duration.ofHours(1));
          for (Chosen chosen : choices(at)) {
            Plan plan = accepted(chosen);
            assertThat(plan.strategy().getClass())
                .isEqualTo(
                    switch (chosen.strategy().choice()) {
                      case BIG_BANG -> Strategy.BigBang.class;
                      case BLUE_GREEN, ROLLING -> Strategy.BlueGreen.class;
                      case CANARY -> Strategy.Canary.class;
                    });
            assertThat(plan.programme().isPresent())
                .isEqualTo(chosen.strategy().choice() == Approach.ROLLING);
            assertThat(plan.rollback().way()).isEqualTo(chosen.rollback().choice().way());
            assertThat(plan.trafficSwitch().isEmpty())
                .isEqualTo(chosen.traffic().choice() == TrafficWay.BY_HAND);
            assertThat(RunbookTable.of(plan))
                .hasSizeGreaterThan(Runbook.of(plan).stages().size() / 2);
          }
        }
      }
    }
  }

  @Test
  void shouldKeepAReasonWhateverIsInIt() {
    // given
    String nasty = "it's \"quoted\": #1, {a}\n  and \\ on two lines";
    Situation at = situations().getFirst();
    Advice advice = Advice.of(at);
    // when
    Plan plan =
        accepted(
            new Chosen(
                at,
                new Proposal<>(Approach.BLUE_GREEN, nasty),
                advice.rollback(),
                advice.traffic()));
    // then
    assertThat(plan.decisions().getFirst().reason())
        .isEqualTo("it's \"quoted\": #1, {a} and \\ on two lines");
  }

  @Test
  void shouldNameTheProgrammeThatStartsTheService() {
    // given
    Situation at = situations().getFirst();
    Advice advice = Advice.of(at);
    PlanDraft draft =
        draft(
            new Chosen(
                at,
                new Proposal<>(Approach.ROLLING, "one by one"),
                advice.rollback(),
                advice.traffic()));
    // when
    String programme = draft.programme("shop.yaml").orElseThrow();
    // then
    String inlined =
        programme.replace(
            "plan: 'shop.yaml'", "plan: |\n      " + draft.text().replace("\n", "\n      "));
    assertThat(ProgrammeYaml.read(inlined, NOW)).isInstanceOf(ProgrammeYaml.Reading.Accepted.class);
  }

  private static Plan accepted(Chosen chosen) {
    String text = draft(chosen).text();
    return switch (PlanYaml.read(text, NOW)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError(
              "Expected an accepted plan for %s, but %s in%n%s".formatted(chosen, faults, text));
    };
  }

  private static PlanDraft draft(Chosen chosen) {
    return new PlanDraft(
        new CutoverId("shop-2026"),
        List.of("ana", "bo", "cy"),
        ZoneId.of("Europe/Amsterdam"),
        LocalDateTime.parse("2026-12-01T04:00"),
        chosen);
  }

  private static List<Chosen> choices(Situation at) {
    List<Chosen> choices = new ArrayList<>();
    for (Approach approach : Approach.values()) {
      for (Way way : Way.values()) {
        for (TrafficWay traffic : TrafficWay.values()) {
          if (Advice.faults(at, approach).isEmpty()
              && Advice.faults(at, approach, way).isEmpty()
              && Advice.faults(at, approach, traffic).isEmpty()) {
            choices.add(
                new Chosen(
                    at,
                    new Proposal<>(approach, "so"),
                    new Proposal<>(new WayBackChoice(way, Duration.ofHours(3)), "so"),
                    new Proposal<>(traffic, "so")));
          }
        }
      }
    }
    return choices;
  }

  /** Where traffic moves. */
  private record Where(Situation.Balancer balancer, Situation.Provider provider, boolean proxied) {
    static List<Where> all() {
      List<Where> all = new ArrayList<>();
      for (Situation.Provider provider : Situation.Provider.values()) {
        all.add(new Where(Situation.Balancer.NONE, provider, false));
      }
      all.add(new Where(Situation.Balancer.NONE, Situation.Provider.CLOUDFLARE, true));
      all.add(new Where(Situation.Balancer.HAPROXY, Situation.Provider.OTHER, false));
      all.add(new Where(Situation.Balancer.AWS, Situation.Provider.OTHER, false));
      all.add(new Where(Situation.Balancer.CLOUDFLARE, Situation.Provider.OTHER, false));
      return all;
    }
  }

  private static List<Situation> situations() {
    List<Situation> situations = new ArrayList<>();
    for (int services : List.of(3, 12)) {
      for (boolean downtime : BOTH) {
        for (boolean known : BOTH) {
          for (boolean loose : BOTH) {
            for (DataLayer data : DataLayer.values()) {
              for (boolean writes : BOTH) {
                for (boolean schema : BOTH) {
                  for (boolean weights : BOTH) {
                    for (Where where : Where.all()) {
                      situations.add(
                          new Situation(
                              services,
                              downtime,
                              known,
                              loose,
                              data,
                              writes,
                              schema,
                              where.balancer(),
                              where.provider(),
                              where.proxied(),
                              weights,
                              Duration.ofHours(1)));
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return situations;
  }
}

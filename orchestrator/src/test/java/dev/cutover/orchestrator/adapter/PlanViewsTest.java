package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchView;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanRules;
import dev.cutover.orchestrator.domain.RunbookTable;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans whose names other people see in a zone of their own. */
final class PlanViewsTest {
  private static final String PLAN =
      """
      cutover: shop
      approvers: [ana, bo]
      bounds: {proof: 6m}
      traffic:
        zone: example.com.
        route53: {hostedZone: Z2FDTNDATAQYW2}
        authorities: [ns-1.awsdns-00.com]
        names:
          - name: shop.example.com.
            source: [{type: A, values: [192.0.2.10]}]
            target: [{type: A, values: [198.51.100.10]}]
        views:
          - name: private
            vantage: corporate
            zone: example.com.
            primary: 10.0.0.53
            tsigKey: inside
            proof: {resolvers: [{class: corporate, servers: [10.0.0.54]}]}
            names:
              - name: shop.example.com.
                source: [{type: A, values: [10.0.0.10]}]
                target: [{type: A, values: [10.8.0.10]}]
      """;

  private static final String POOLS =
      """
            cloudflare:
              zone: 023e105f4ecef8ad9ca31a8372d0c353
              account: 01a7362d577a6c3019a474fd6f485823
              token: pools
              loadBalancers: [shop.example.com]
              source: [17b5962d775c646f3f9725cbc7a53df4]
              target: [9290f38c5d07c2e2f4df57b1f61d4196]
              edge: {path: /version, header: x-served-by, source: blue, target: green}
            authorities: [ada.ns.cloudflare.com]
      """;

  private static Plan accepted() {
    return switch (PlanYaml.read(PLAN, Instant.EPOCH)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError("Expected an accepted plan, but " + String.join("\n", faults));
    };
  }

  @Test
  void shouldReadAViewWithAZoneServersAndAVantagePointOfItsOwn() {
    // when
    SwitchView view = accepted().trafficSwitch().orElseThrow().everyView().getFirst();
    // then
    assertThat(view.name()).isEqualTo("private");
    assertThat(view.vantage()).isEqualTo("corporate");
    assertThat(view.spec().provider()).isInstanceOf(Rfc2136.class);
    assertThat(view.spec().resolverClasses()).hasSize(1);
    assertThat(view.spec().names().getFirst().target().getFirst().values())
        .containsExactly("10.8.0.10");
  }

  @Test
  void shouldShowTheProofOfEachViewAndSayWhatIsNotPromised() {
    assertThat(RunbookTable.of(accepted()))
        .extracting(RunbookTable.Row::step)
        .containsSubsequence("shift-traffic", "verify-shift", "verify-view-private");
    assertThat(RunbookTable.of(accepted()))
        .filteredOn(row -> row.step().equals("verify-view-private"))
        .extracting(RunbookTable.Row::gate)
        .containsExactly("from corporate, quorum corporate 100 % of 1");
    assertThat(PlanRules.notes(accepted()))
        .extracting(PlanRules.Finding::path)
        .contains("traffic.views");
  }

  @Test
  void shouldTakeNoLoadBalancersForAView() {
    // given: pools in the place of a zone's server and records
    String yaml = PLAN.substring(0, PLAN.indexOf("      primary: 10.0.0.53")) + POOLS;
    // when, then
    assertThat(PlanYaml.read(yaml, Instant.EPOCH))
        .isInstanceOfSatisfying(
            Reading.Faulty.class,
            faulty ->
                assertThat(faulty.faults())
                    .anyMatch(fault -> fault.contains("since load balancers have no views")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vantage: corporate|vantage: Corporate|the name of a vantage point, which is"
            + " CUTOVER_DNS_VANTAGE of a dns-service there, for traffic.views[0].vantage",
        "vantage: corporate\\n      zone|zone|for traffic.views[0].vantage, but it is missing",
        "zone: example.com.\\n      primary|primary|for traffic.views[0].zone, but it is missing",
        "- name: shop.example.com.\\n          source: [{type: A, values: [10|- name:"
            + " api.example.com.\\n          source: [{type: A, values: [10|names of traffic in view"
            + " 'private', but found 'api.example.com.'",
        "tsigKey: inside|tsigKey: inside\\n      views: [{name: a}]|no views in a view",
        "proof: {resolvers|proof: {parent: required, resolvers|the zones above that are found from"
            + " the root down say nothing of view 'private', but there are none",
        "target: [{type: A, values: [10.8.0.10]}]|target: [{type: A, values: [10.8.0.10]}]\\n         "
            + " managedBy: {tool: octodns, pausedBy: pause}|pausedBy of shop.example.com. in view"
            + " 'private' to name one of the plan's own steps",
      })
  void shouldSayWhatAViewCanNotBe(String from, String to, String sentence) {
    // given
    String yaml = PLAN.replace(from.replace("\\n", "\n"), to.replace("\\n", "\n"));
    // when
    Reading reading = PlanYaml.read(yaml, Instant.EPOCH);
    // then
    assertThat(yaml).isNotEqualTo(PLAN);
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Faulty.class,
            faulty -> assertThat(faulty.faults()).anyMatch(fault -> fault.contains(sentence)));
  }
}

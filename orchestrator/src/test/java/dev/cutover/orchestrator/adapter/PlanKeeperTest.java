package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Keeper;
import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanRules;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans that say who else keeps a name's records. */
final class PlanKeeperTest {
  private static final String PLAN =
      """
      cutover: shop
      approvers: [ana, bo]
      traffic:
        zone: example.com.
        route53: {hostedZone: Z2FDTNDATAQYW2}
        authorities: [ns-1.awsdns-00.com]
        names:
          - name: shop.example.com.
            source: [{type: A, values: [192.0.2.10]}]
            target: [{type: A, values: [198.51.100.10]}]
            managedBy: {tool: external-dns, pausedBy: pause-external-dns}
      steps:
        - name: pause-external-dns
          at: beforeFreeze
          owner: platform
          byHand: {instruction: "kubectl scale deployment/external-dns --replicas 0"}
          undo: {byHand: {instruction: "kubectl scale deployment/external-dns --replicas 1"}}
      """;

  private static Plan accepted(String yaml) {
    return switch (PlanYaml.read(yaml, Instant.EPOCH)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError("Expected an accepted plan, but " + String.join("\n", faults));
    };
  }

  private static List<String> faults(String yaml) {
    return PlanYaml.read(yaml, Instant.EPOCH) instanceof Reading.Faulty(List<String> faults)
        ? faults
        : List.of();
  }

  private static SwitchedName name(Plan plan) {
    return plan.trafficSwitch().map(SwitchSpec::names).orElseThrow().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pausedBy: pause-external-dns}|pausedBy: pause}"
            + "|to name one of the plan's own steps [pause-external-dns], but found 'pause'",
        "at: beforeFreeze|at: beforeFence|since TTLs are lowered and marks written long before the"
            + " switch, but it is at beforeFence",
        "    undo: {byHand: {instruction: \"kubectl scale deployment/external-dns --replicas 1\"}}"
            + "|    onFailure: hold|to have an undo that lets it go on",
        "tool: external-dns|tool: externaldns|one of external-dns, octodns, terraform, none for"
            + " traffic.names[0].managedBy.tool, but found 'externaldns'",
        ", pausedBy: pause-external-dns}|}|the name of the step that pauses external-dns for"
            + " traffic.names[0].managedBy.pausedBy, but it is missing",
        "tool: external-dns, pausedBy: pause-external-dns|tool: none, reason: gone|the approver who says that"
            + " nobody keeps it for traffic.names[0].managedBy.signedBy, but it is missing",
        "tool: external-dns, pausedBy: pause-external-dns|tool: none, signedBy: cy, reason: gone"
            + "|of shop.example.com. among the approvers [ana, bo], but found 'cy'",
        "pausedBy: pause-external-dns}|pausedBy: pause-external-dns, signedBy: ana}"
            + "|Expected one of [pausedBy, tool] in traffic.names[0].managedBy, but found 'signedBy'"
      })
  void shouldSayWhatIsMissingBeforeAToolsRecordsMayBeMoved(
      String from, String to, String sentence) {
    // given
    String yaml = PLAN.replace(from, to);
    // when
    List<String> faults = faults(yaml);
    // then
    assertThat(yaml).isNotEqualTo(PLAN);
    assertThat(faults).singleElement().asString().contains(sentence);
  }

  @Test
  void shouldRefuseAPausingStepWhoseFailureIsOnlyReported() {
    // given
    String yaml = PLAN.replace("    owner: platform", "    owner: platform\n    onFailure: report");
    // when, then
    assertThat(faults(yaml))
        .singleElement()
        .asString()
        .contains("to hold the cutover when it fails, but its onFailure is report");
  }

  @Test
  void shouldRefuseAPausingStepThatOnlyProves() {
    // given
    String yaml =
        PLAN.replace(
                "byHand: {instruction: \"kubectl scale deployment/external-dns --replicas 0\"}",
                "prove: {check: paused}")
            + """
            checks:
              reading: [{name: paused, url: "http://a", steps: [{name: a, path: /}]}]
            """;
    // when, then
    assertThat(faults(yaml)).singleElement().asString().contains("but it only proves");
  }

  @Test
  void shouldTellTheApproversWhoHasToStandStill() {
    // when
    Plan plan = accepted(PLAN);
    // then
    assertThat(name(plan).managedBy())
        .contains(ManagedBy.paused(Keeper.EXTERNAL_DNS, "pause-external-dns"));
    assertThat(PlanRules.notes(plan))
        .extracting(PlanRules.Finding::sentence)
        .contains(
            "shop.example.com. is kept by external-dns, which step 'pause-external-dns' pauses: it"
                + " stays paused until the cutover is over and its own source says what the report"
                + " writes out, else it puts the records back");
  }

  @Test
  void shouldTakeAPersonsWordThatNobodyKeepsIt() {
    // given
    String yaml =
        PLAN.replace(
            "{tool: external-dns, pausedBy: pause-external-dns}",
            "{tool: none, signedBy: ana, reason: that cluster is gone}");
    // when
    Plan plan = accepted(yaml);
    // then
    assertThat(name(plan).managedBy()).contains(ManagedBy.nobody("ana", "that cluster is gone"));
    assertThat(PlanRules.notes(plan))
        .extracting(PlanRules.Finding::sentence)
        .contains(
            "shop.example.com.: ana signed that nobody else keeps it, whatever marks say: that"
                + " cluster is gone");
  }

  @Test
  void shouldReadItForASingleChangeToo() {
    // when
    TrafficYaml.Reading reading = TrafficYaml.read(PLAN);
    // then
    assertThat(reading.faults()).isEmpty();
    assertThat(reading.traffic().orElseThrow().names().getFirst().managedBy())
        .contains(ManagedBy.paused(Keeper.EXTERNAL_DNS, "pause-external-dns"));
  }
}

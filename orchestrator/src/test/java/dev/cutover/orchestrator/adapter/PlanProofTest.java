package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.PublicResolver;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.RunbookTable;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans that ask for more than the word of every authority. */
final class PlanProofTest {
  private static final String PROOF =
      """
        proof:
          resolvers:
            - {class: public, quorum: 75%}
            - {class: corporate, servers: ["10.0.0.53:5353", 10.0.1.53]}
          parent: required
          parentServers: [192.0.2.1]
      """;

  private static final String PLAN =
      """
      cutover: shop
      approvers: [ana, bo]
      bounds: {proof: 2m}
      traffic:
        zone: example.com.
        route53: {hostedZone: Z2FDTNDATAQYW2}
        authorities: [ns-1.awsdns-00.com]
        loweredTtl: 60s
      """
          + PROOF
          + """
        names:
          - name: shop.example.com.
            source: [{type: A, values: [192.0.2.10]}]
            target: [{type: A, values: [198.51.100.10]}]
      """;

  private static Plan accepted(String yaml) {
    return switch (PlanYaml.read(yaml, Instant.EPOCH)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError("Expected an accepted plan, but " + String.join("\n", faults));
    };
  }

  @Test
  void shouldReadClassesOfResolversAndWhatIsAskedOfTheParent() {
    // when
    SwitchProof proof = accepted(PLAN).trafficSwitch().orElseThrow().proof().orElseThrow();
    // then
    assertThat(proof)
        .isEqualTo(
            new SwitchProof(
                List.of(
                    new ResolverClass(
                        "public",
                        PublicResolver.all().stream().map(PublicResolver::address).toList(),
                        75),
                    new ResolverClass(
                        "corporate",
                        List.of(
                            new ServerAddress("10.0.0.53", 5353),
                            new ServerAddress("10.0.1.53", 53)),
                        100)),
                true,
                List.of(new ServerAddress("192.0.2.1", 53))));
  }

  @Test
  void shouldWantSignaturesToLastUnlessThePlanSaysThatTheyAreRenewed() {
    // given
    String observed = PLAN.replace("parent: required", "signatures: observed");
    // when, then
    assertThat(proof(PLAN).signaturesRequired()).isTrue();
    assertThat(proof(observed).signaturesRequired()).isFalse();
  }

  private static SwitchProof proof(String yaml) {
    return accepted(yaml).trafficSwitch().orElseThrow().proof().orElseThrow();
  }

  @Test
  void shouldShowTheQuorumsWhereTheyAreWaitedFor() {
    assertThat(RunbookTable.of(accepted(PLAN)))
        .filteredOn(row -> row.step().equals("verify-shift"))
        .extracting(RunbookTable.Row::gate)
        .containsExactly("quorum public 75 % of 8, corporate 100 % of 2");
  }

  @Test
  void shouldAskForNothingMoreWhereAPlanSaysNothing() {
    // given
    String yaml = PLAN.replace(PROOF, "");
    // when, then
    assertThat(yaml).isNotEqualTo(PLAN);
    assertThat(accepted(yaml).trafficSwitch().orElseThrow().proof()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "class: public|class: Public|the name of a class such as public or corporate for"
            + " traffic.proof.resolvers[0].class, but found 'Public'",
        "class: public|class: authority|the name of a class such as public or corporate for"
            + " traffic.proof.resolvers[0].class, but found 'authority'",
        "class: corporate|class: public|each class of resolvers once, but 'public' is there twice",
        ", servers: [\"10.0.0.53:5353\", 10.0.1.53]|''|at least one resolver of class 'corporate' in"
            + " servers, but found none",
        "quorum: 75%|quorum: 0%|a quorum of 1% to 100% for traffic.proof.resolvers[0].quorum, but"
            + " found '0%'",
        "parent: required|parent: yes|observed or required for traffic.proof.parent, but found"
            + " 'yes'",
        "parent: required|signatures: renewed|observed or required for traffic.proof.signatures, but"
            + " found 'renewed'",
        "loweredTtl: 60s|loweredTtl: 118s|bounds.proof longer than 2m, since honest resolvers of"
            + " traffic.proof may keep the old records",
      })
  void shouldSayWhatAProofCanNotBe(String from, String to, String sentence) {
    // given
    String yaml = PLAN.replace(from, to);
    // when
    Reading reading = PlanYaml.read(yaml, Instant.EPOCH);
    // then
    assertThat(yaml).isNotEqualTo(PLAN);
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Faulty.class,
            faulty -> assertThat(faulty.faults()).singleElement().asString().contains(sentence));
  }
}

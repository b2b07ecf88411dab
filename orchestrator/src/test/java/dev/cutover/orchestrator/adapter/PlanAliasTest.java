package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Plans whose records are aliases, or stand under health checks, in a zone of Route 53. */
final class PlanAliasTest {
  private static final String PLAN =
      """
      cutover: shop
      approvers: [ana, bo]
      traffic:
        zone: example.com.
        route53: {hostedZone: Z1OWN}
        authorities: [ns-1.awsdns-00.com]
        names:
          - name: shop.example.com.
            source: [{type: A, values: [192.0.2.10], healthCheckId: c-source}]
            target: [{type: A, alias: {name: LB.elb.example, hostedZone: Z0LB, evaluateTargetHealth: true}, healthCheckId: c-target}]
          - name: pool.example.com.
            source: [{type: A, alias: {name: shop.example.com.}}]
            target: [{type: A, values: [192.0.2.11]}]
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evaluateTargetHealth: true}|ttl: 60}|Expected no TTL of an alias, since it is answered with that of its target",
        "evaluateTargetHealth: true}, |evaluateTargetHealth: true}, ttl: 60, |Expected no TTL of an alias",
        "name: LB.elb.example, hostedZone: Z0LB|name: lb.example.com., hostedZone: Z0LB"
            + "|Expected Z1OWN, the zone that is switched, since lb.example.com. is in it, but found 'Z0LB'",
        "hostedZone: Z0LB|hostedZone: Z1OWN|Expected the id of the hosted zone that AWS has lb.elb.example. in, but found 'Z1OWN'",
        ", hostedZone: Z0LB||such as a load balancer's CanonicalHostedZoneId, in hostedZone, but it is missing",
        "hostedZone: Z0LB|hostedZone: /hostedzone/Z0LB|Expected the id of a hosted zone",
        "hostedZone: Z0LB|hostedZone: Z2FDTNDATAQYW2|Route 53 knows no health of a CloudFront distribution",
        "alias: {name: LB|values: [192.0.2.1], alias: {name: LB|Expected either values or an alias, but found both",
        "{type: A, alias: {name: LB|{type: HTTPS, alias: {name: LB|Expected an alias of type A or AAAA, but found HTTPS",
        "name: LB.elb.example, hostedZone: Z0LB, evaluateTargetHealth: true|name: shop.example.com."
            + "|Expected another name than the alias's own",
        "name: LB.elb.example|names: LB.elb.example|Expected a name such as lb.example.com. for",
        "evaluateTargetHealth: true|evaluateTargetHealth: often|Expected true or false",
        "{type: A, alias: {name: shop.example.com.}}|{type: AAAA, alias: {name: shop.example.com.}}"
            + "|Expected shop.example.com. to have AAAA records on the source, since pool.example.com. is an alias of it",
        "healthCheckId: c-target|healthCheckId: 'c target'|Expected the id of a health check for",
        "{type: A, values: [192.0.2.10], |{type: TXT, values: ['\"a\"'], |Expected no health check of a TXT set",
        "route53: {hostedZone: Z1OWN}|designate: {cloud: paris, zone: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}"
            + "|Expected values, since only a zone of Route 53 has aliases",
        "route53: {hostedZone: Z1OWN}|designate: {cloud: paris, zone: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}"
            + "|Expected no health check, since only a zone of Route 53 has them",
      })
  void shouldSayWhatAnAliasOrAHealthCheckCannotBe(String there, String instead, String fault) {
    // given
    assertThat(PLAN).contains(there);
    // when
    List<String> faults =
        PlanYaml.read(PLAN.replace(there, instead == null ? "" : instead), Instant.EPOCH)
                instanceof Reading.Faulty(List<String> found)
            ? found
            : List.of();
    // then
    assertThat(faults).anyMatch(found -> found.contains(fault));
  }

  @Test
  void shouldReadAliasesAndHealthChecks() {
    // when
    Plan plan = accepted();
    List<SwitchedName> names = plan.trafficSwitch().map(SwitchSpec::names).orElseThrow();
    // then
    assertThat(names.getFirst().source().getFirst().values())
        .containsExactly("192.0.2.10 check=c-source");
    assertThat(names.getFirst().target().getFirst().values())
        .containsExactly("alias of lb.elb.example. in Z0LB evaluateTargetHealth check=c-target");
    assertThat(names.getFirst().target().getFirst().ttlSeconds()).isZero();
    assertThat(names.getLast().source().getFirst().values())
        .containsExactly("alias of shop.example.com. in Z1OWN");
  }

  @Test
  void shouldTellApproversWhatAliasesAndHealthChecksMean() {
    assertThat(PlanRules.notes(accepted()))
        .anySatisfy(
            note ->
                assertThat(note.sentence())
                    .contains("an alias has no TTL of its own", "Route 53 goes by health checks"));
  }

  private static Plan accepted() {
    return switch (PlanYaml.read(PLAN, Instant.EPOCH)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError("Expected an accepted plan, but " + String.join("\n", faults));
    };
  }
}
